using ReferralPortal.EndToEnd.Tests.KilledServer;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

// The tests, or the program that one of them kills while it submits referrals or books.
if (args is [SubmitLoop.Verb]) return await SubmitLoop.Run();
if (args is [BookLoop.Verb]) return await BookLoop.Run();
if (args.Any(arg => arg is "-automated" or "@@")) return await ConsoleRunner.Run(args);
return await TestPlatformTestFramework.RunAsync(args, ReferralPortal.EndToEnd.Tests.SelfRegisteredExtensions.AddSelfRegisteredExtensions);
