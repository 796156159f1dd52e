using System.Buffers;

namespace ReferralPortal.Web.Platform;

/// <summary>
/// Where the bytes of documents are kept, under ids that say nothing. A folder on one machine, or shared by several (<see cref="FolderDocumentStore"/>); object storage fits behind the same four calls.
/// </summary>
public interface IDocumentStore
{
    /// <summary>
    /// Writes bytes behind the first <paramref name="offset"/>, over whatever stands there, until <paramref name="content"/> ends, breaks off, or <paramref name="most"/> bytes are written;
    /// what came before a break is kept. Returns how many bytes are kept now: fewer than <paramref name="offset"/> means that earlier ones were lost, and that nothing was written.
    /// </summary>
    /// <exception cref="DocumentBusyException">Another request is writing to it.</exception>
    /// <exception cref="IOException">The store is full or out of reach.</exception>
    Task<long> Append(Guid document, long offset, Stream content, long most, CancellationToken ct);

    /// <summary>Opens it for reading and seeking; null when there is none. Dispose it.</summary>
    Task<Stream?> Open(Guid document, CancellationToken ct);

    /// <summary>Deletes its bytes; there may be none.</summary>
    Task Delete(Guid document, CancellationToken ct);
}

/// <summary>Another request is writing to the same document.</summary>
public sealed class DocumentBusyException() : Exception("Another request is writing to this document.");

/// <summary>Documents as files in a folder (<c>Documents:Folder</c>) that only the portal's own account can read.</summary>
public sealed class FolderDocumentStore(IConfiguration configuration) : IDocumentStore
{
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    readonly string root = configuration["Documents:Folder"] is { Length: > 0 } folder ? Path.GetFullPath(folder)
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "ReferralPortal", "documents");

    public async Task<long> Append(Guid document, long offset, Stream content, long most, CancellationToken ct)
    {
        await using var file = OpenToWrite(PathOf(document));
        if (file.Length < offset) return file.Length;
        file.SetLength(offset);
        file.Position = offset;

        var buffer = ArrayPool<byte>.Shared.Rent(81920);
        try
        {
            for (var left = most; left > 0;)
            {
                int read;
                try
                {
                    read = await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), ct);
                }
                catch (Exception fault) when (fault is IOException or OperationCanceledException)
                {
                    break; // the sender went away; it asks how much arrived when it comes back
                }
                if (read == 0) break;
                await file.WriteAsync(buffer.AsMemory(0, read), CancellationToken.None);
                left -= read;
            }
            file.Flush(flushToDisk: true);
            return file.Length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public Task<Stream?> Open(Guid document, CancellationToken ct)
    {
        try
        {
            return Task.FromResult<Stream?>(new FileStream(PathOf(document), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 65536, FileOptions.Asynchronous));
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<Stream?>(null);
        }
    }

    public Task Delete(Guid document, CancellationToken ct)
    {
        try
        {
            File.Delete(PathOf(document));
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing was ever written.
        }
        return Task.CompletedTask;
    }

    // The end of an id is random, so the files spread evenly over 256 folders.
    string PathOf(Guid document)
    {
        var name = document.ToString("N");
        return Path.Combine(root, name[^2..], name);
    }

    static FileStream OpenToWrite(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            return new FileStream(path, options);
        }
        catch (IOException fault) when (IsTaken(fault))
        {
            throw new DocumentBusyException();
        }
    }

    // Locked by somebody else: EWOULDBLOCK on Linux and macOS, a sharing violation on Windows.
    static bool IsTaken(IOException fault) => fault.HResult is 11 or 35 or unchecked((int)0x80070020);
}
