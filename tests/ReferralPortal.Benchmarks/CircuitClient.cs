using System.Buffers;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MessagePack;

namespace ReferralPortal.Benchmarks;

/// <summary>
/// A browser's part of a Blazor circuit without the browser: fetches a page, opens the web socket, starts the circuit with the page's
/// components and acknowledges what is rendered.
/// </summary>
sealed partial class CircuitClient : IDisposable
{
    readonly Uri address;
    readonly CookieContainer cookies = new();
    readonly HttpClient http;

    CircuitClient(Uri address)
    {
        this.address = address;
        http = new HttpClient(new HttpClientHandler { CookieContainer = cookies }) { BaseAddress = address };
    }

    /// <summary>Signs in at the local provider, as its form does.</summary>
    public static async Task<CircuitClient> SignIn(Uri address, string userName)
    {
        var client = new CircuitClient(address);
        var form = await client.http.GetAsync("/sign-in/start");
        var html = await form.Content.ReadAsStringAsync();
        var fields = HiddenField().Matches(html.Split("</form>")[0]).Select(match => KeyValuePair.Create(WebUtility.HtmlDecode(match.Groups[1].Value), WebUtility.HtmlDecode(match.Groups[2].Value))).ToList();
        fields.Add(new("user_name", userName));
        fields.Add(new("password", "demo"));
        var action = new Uri(form.RequestMessage!.RequestUri!, WebUtility.HtmlDecode(FormAction().Match(html).Groups[1].Value));
        using var answer = await client.http.PostAsync(action, new FormUrlEncodedContent(fields));
        return !answer.RequestMessage!.RequestUri!.AbsolutePath.Contains("devidp", StringComparison.Ordinal)
            ? client : throw new InvalidOperationException($"Signing in led to {answer.RequestMessage!.RequestUri!.AbsolutePath} ({(int)answer.StatusCode}).");
    }

    /// <summary>Opens a page and its circuit, and returns when the first render has come.</summary>
    public async Task<Circuit> Open(string path)
    {
        var html = await http.GetStringAsync(path);
        var markers = Marker().Matches(html).Select(match => match.Groups[1].Value).Where(json => json.Contains("\"type\":\"server\"", StringComparison.Ordinal) && json.Contains("\"descriptor\"", StringComparison.Ordinal)).ToList();
        var state = State().Match(html) is { Success: true } found ? found.Groups[1].Value : "";

        var socket = new ClientWebSocket();
        socket.Options.Cookies = cookies;
        socket.Options.SetRequestHeader("Origin", address.GetLeftPart(UriPartial.Authority));
        await socket.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "/_blazor" }.Uri, default);
        var circuit = new Circuit(socket);
        await circuit.Begin(new Uri(address, "/").ToString(), new Uri(address, path).ToString(), markers, state);
        return circuit;
    }

    /// <summary>What the server answers at an address, without a circuit.</summary>
    /// <exception cref="HttpRequestException">It answered with anything but success.</exception>
    public Task<byte[]> Get(string path) => http.GetByteArrayAsync(path);

    public void Dispose() => http.Dispose();

    /// <summary>One open circuit. It answers as a browser would until disposed.</summary>
    internal sealed class Circuit(ClientWebSocket socket) : IAsyncDisposable
    {
        // Of the kinds of result that a script may be asked for.
        const int ObjectReference = 1;

        readonly TaskCompletionSource firstRender = new(TaskCreationOptions.RunContinuationsAsynchronously);
        readonly SemaphoreSlim sending = new(1, 1);
        readonly CancellationTokenSource closing = new();
        Task reading = Task.CompletedTask;
        int invocation;

        /// <summary>Render batches received so far.</summary>
        public int Batches { get; private set; }

        (byte[] Words, TaskCompletionSource Seen)? awaited;

        /// <summary>Completes when a render batch from now on holds these words.</summary>
        public Task Sees(string words)
        {
            var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            awaited = (Encoding.UTF8.GetBytes(words), seen);
            return seen.Task;
        }

        internal async Task Begin(string baseAddress, string pageAddress, List<string> markers, string state)
        {
            await Send("{\"protocol\":\"blazorpack\",\"version\":1}\u001e"u8.ToArray());
            reading = Task.Run(Read);
            await Invoke("StartCircuit", baseAddress, pageAddress, "[]", state);
            var operations = JsonSerializer.Serialize(new
            {
                batchId = 1,
                operations = markers.Select((marker, place) => new { type = "add", ssrComponentId = place + 1, marker = JsonSerializer.Deserialize<JsonElement>(marker) }),
            });
            await Invoke("UpdateRootComponents", operations, state);
            await firstRender.Task.WaitAsync(TimeSpan.FromSeconds(60));
        }

        async Task Read()
        {
            var buffer = new ArrayBufferWriter<byte>();
            var handshaken = false;
            try
            {
                while (!closing.IsCancellationRequested)
                {
                    var part = await socket.ReceiveAsync(buffer.GetMemory(16 * 1024), closing.Token);
                    if (part.MessageType == WebSocketMessageType.Close) break;
                    buffer.Advance(part.Count);
                    if (!part.EndOfMessage) continue;
                    var bytes = buffer.WrittenMemory.ToArray();
                    buffer.Clear();
                    var place = 0;
                    if (!handshaken)
                    {
                        place = Array.IndexOf(bytes, (byte)0x1e) + 1;
                        handshaken = true;
                    }
                    while (place < bytes.Length)
                    {
                        var length = 0;
                        for (var shift = 0; ; shift += 7)
                        {
                            var next = bytes[place++];
                            length |= (next & 0x7f) << shift;
                            if ((next & 0x80) == 0) break;
                        }
                        await Take(bytes.AsMemory(place, length));
                        place += length;
                    }
                }
                firstRender.TrySetException(new InvalidOperationException("The server closed the circuit."));
            }
            catch (Exception fault) when (fault is OperationCanceledException or WebSocketException)
            {
                firstRender.TrySetException(fault);
            }
        }

        async Task Take(ReadOnlyMemory<byte> message)
        {
            var reader = new MessagePackReader(message);
            if (reader.ReadArrayHeader() < 2) return;
            var type = reader.ReadInt32();
            if (type == 7) firstRender.TrySetException(new InvalidOperationException("The server ended the connection."));
            if (type != 1) return;
            reader.Skip(); // headers
            reader.Skip(); // no invocation id: the server does not wait
            var target = reader.ReadString();
            var arguments = reader.ReadArrayHeader();
            switch (target)
            {
                case "JS.RenderBatch":
                    var batch = reader.ReadInt64();
                    Batches++;
                    if (awaited is var (words, seen) && message.Span.IndexOf(words) >= 0) seen.TrySetResult();
                    await Invoke("OnRenderCompleted", batch, null);
                    firstRender.TrySetResult();
                    break;
                case "JS.BeginInvokeJS" when arguments > 0:
                    var call = reader.ReadInt64();
                    reader.Skip(); // what is called
                    reader.Skip(); // with what
                    var isModule = reader.ReadInt32() == ObjectReference;
                    // A module that came back as nothing would end the circuit at its first use.
                    if (call > 0) await Invoke("EndInvokeJSFromDotNet", call, true, $"[{call},true,{(isModule ? $$"""{"__jsObjectId":{{call}}}""" : "null")}]");
                    break;
                case "JS.Error":
                    firstRender.TrySetException(new InvalidOperationException("The circuit failed: " + reader.ReadString()));
                    break;
            }
        }

        async Task Invoke(string target, params object?[] arguments)
        {
            var body = new ArrayBufferWriter<byte>();
            Write();
            var framed = new List<byte>();
            for (var length = (uint)body.WrittenCount; ; length >>= 7)
            {
                if (length < 0x80)
                {
                    framed.Add((byte)length);
                    break;
                }
                framed.Add((byte)(length | 0x80));
            }
            await Send([.. framed, .. body.WrittenSpan]);

            void Write()
            {
                var writer = new MessagePackWriter(body);
                writer.WriteArrayHeader(5);
                writer.Write(1);
                writer.WriteMapHeader(0);
                writer.Write((++invocation).ToString(System.Globalization.CultureInfo.InvariantCulture));
                writer.Write(target);
                writer.WriteArrayHeader(arguments.Length);
                foreach (var argument in arguments)
                {
                    switch (argument)
                    {
                        case null: writer.WriteNil(); break;
                        case string text: writer.Write(text); break;
                        case bool flag: writer.Write(flag); break;
                        case long number: writer.Write(number); break;
                        default: throw new ArgumentException($"{argument.GetType().Name} is not sent.");
                    }
                }
                writer.Flush();
            }
        }

        async Task Send(byte[] bytes)
        {
            await sending.WaitAsync();
            try
            {
                await socket.SendAsync(bytes, WebSocketMessageType.Binary, endOfMessage: true, closing.Token);
            }
            finally
            {
                sending.Release();
            }
        }

        public async ValueTask DisposeAsync()
        {
            await closing.CancelAsync();
            socket.Abort();
            await reading;
            socket.Dispose();
        }
    }

    [GeneratedRegex("<!--Blazor:({.*?})-->", RegexOptions.Singleline)]
    private static partial Regex Marker();

    [GeneratedRegex("<!--Blazor-Server-Component-State:(.*?)-->", RegexOptions.Singleline)]
    private static partial Regex State();

    [GeneratedRegex("""<input[^>]*type="hidden"[^>]*name="([^"]*)"[^>]*value="([^"]*)"[^>]*>""")]
    private static partial Regex HiddenField();

    [GeneratedRegex("""<form[^>]*action="([^"]*)"[^>]*>""")]
    private static partial Regex FormAction();
}
