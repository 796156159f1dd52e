using System.Runtime.InteropServices;

namespace ReferralPortal.AppHost;

/// <summary>Ctrl+C and a polite kill both mean: stop everything in good order.</summary>
static class StopSignals
{
    internal static IDisposable Watch(CancellationTokenSource stopping)
    {
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stopping.Cancel();
        }
        return new Both(PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop));
    }

    sealed class Both(IDisposable first, IDisposable second) : IDisposable
    {
        public void Dispose()
        {
            first.Dispose();
            second.Dispose();
        }
    }
}
