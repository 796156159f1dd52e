using System.Diagnostics;

namespace ReferralPortal.EndToEnd.Tests.KilledServer;

/// <summary>This very program as a process to kill: it says <c>ready</c>, is told what to send again and to go, and works until then.</summary>
sealed class LoopProcess
{
    readonly Process process;
    readonly List<string> lines = [];
    readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously), ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    LoopProcess(Process process) => this.process = process;

    public Task Ready => ready.Task.WaitAsync(TimeSpan.FromMinutes(2));

    /// <summary>All that it wrote, once it is killed.</summary>
    public IReadOnlyList<string> Lines => lines;

    public static LoopProcess Start(string verb, params (string Name, string Value)[] settings)
    {
        var program = Path.Combine(AppContext.BaseDirectory, typeof(LoopProcess).Assembly.GetName().Name + ".dll");
        var start = new ProcessStartInfo("dotnet", [program, verb]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in settings) start.Environment[name] = value;
        var child = new LoopProcess(new Process { StartInfo = start });
        child.process.OutputDataReceived += (_, line) => child.Hear(line.Data);
        child.process.ErrorDataReceived += (_, line) => { if (line.Data is { Length: > 0 } words) child.ready.TrySetException(new InvalidOperationException(words)); };
        child.process.Start();
        child.process.BeginOutputReadLine();
        child.process.BeginErrorReadLine();
        return child;
    }

    void Hear(string? line)
    {
        if (line is null) ended.TrySetResult();
        else if (line == "ready") ready.TrySetResult();
        else lines.Add(line);
    }

    public async Task Go(IEnumerable<string> again)
    {
        foreach (var key in again) await process.StandardInput.WriteLineAsync(key);
        await process.StandardInput.WriteLineAsync();
        await process.StandardInput.FlushAsync();
    }

    /// <summary>SIGKILL: nothing of it runs any more, no transaction is ended in good order.</summary>
    public async Task Kill()
    {
        Assert.False(process.HasExited, "It ended by itself.");
        process.Kill();
        await process.WaitForExitAsync();
        await ended.Task;
        process.Dispose();
    }
    }
