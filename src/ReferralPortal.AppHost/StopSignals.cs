using System.Runtime.InteropServices;

namespace ReferralPortal.AppHost;

/// <summary>Ctrl+C, a polite kill and a closed terminal all mean: stop everything in good order.</summary>
static class StopSignals
{
    internal static IDisposable Watch(CancellationTokenSource stopping)
    {
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stopping.Cancel();
        }
        return new Watched([.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, Stop))]);
    }

    sealed class Watched(PosixSignalRegistration[] signals) : IDisposable
    {
        public void Dispose()
        {
            foreach (var signal in signals) signal.Dispose();
        }
    }
}
