using ReferralPortal.AppHost;
using ReferralPortal.Database;
using ReferralPortal.Database.Local;
using ReferralPortal.Database.Seeds;

if (HostOptions.Read(args, out var problem) is not { } options)
{
    Console.Error.WriteLine(problem);
    return 2;
}
if (options.Help)
{
    Console.WriteLine(HostOptions.HelpText);
    return 0;
}

using var stopping = new CancellationTokenSource();
using var interrupt = StopSignals.Watch(stopping);
try
{
    return await PortalHost.Run(options, stopping.Token);
}
catch (OperationCanceledException) when (stopping.IsCancellationRequested)
{
    return 0;
}
catch (Exception fault) when (fault is LocalPostgresException or MigrationException or SeedException or HostException)
{
    Console.Error.WriteLine();
    Console.Error.WriteLine(fault.Message);
    return 1;
}
