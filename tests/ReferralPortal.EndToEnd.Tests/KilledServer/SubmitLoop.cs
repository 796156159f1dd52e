using System.Collections.Concurrent;
using Npgsql;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Referrals.Submit.Drafts;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.SignIn;

namespace ReferralPortal.EndToEnd.Tests.KilledServer;

/// <summary>
/// What the server does when four people submit one referral after the other, as a process to kill. It says on its standard output
/// <c>key ID</c> before it submits, and <c>ack ID REFERENCE new</c> (or <c>again</c>) once it has been told that the referral is saved.
/// Keys whose answer was lost in an earlier process come on standard input, one a line, and are sent again; an empty line sets it going.
/// </summary>
static class SubmitLoop
{
    /// <summary>The argument with which the test program is this one.</summary>
    public const string Verb = "submit-loop";

    /// <summary>Environment variables: the portal's connection string, and the account that submits.</summary>
    public const string Connection = "SUBMIT_LOOP_CONNECTION", Account = "SUBMIT_LOOP_ACCOUNT";

    const int AtOnce = 4;

    public static async Task<int> Run()
    {
        var source = NpgsqlDataSource.Create(Environment.GetEnvironmentVariable(Connection)!);
        var sources = new PortalDataSources(source, source);
        var database = new PortalDatabase(sources, TimeProvider.System);
        var catalogue = new CatalogueStore(sources, TimeProvider.System);
        var content = await catalogue.Get(CancellationToken.None);
        var submit = new SubmitReferral(database, catalogue, new FormOrganisations(database), TimeProvider.System);
        var start = new StartDraft(database);
        var actor = await CurrentActor.Load(sources, Guid.Parse(Environment.GetEnvironmentVariable(Account)!), CancellationToken.None);

        await Submit(await NewKey()); // so that the kill does not always meet a process that is still compiling
        Console.WriteLine("ready");
        var again = new ConcurrentQueue<Guid>();
        while (Console.ReadLine() is { Length: > 0 } line) again.Enqueue(Guid.Parse(line));

        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
        {
            while (true) await Submit(again.TryDequeue(out var key) ? key : await NewKey());
        })));
        return 0;

        async Task<Guid> NewKey() => (await start.Handle(actor, CancellationToken.None)).Value;

        async Task Submit(Guid key)
        {
            Console.WriteLine($"key {key}");
            var outcome = await submit.Handle(actor, new(key, Form(content, key)), CancellationToken.None);
            var receipt = outcome.Value ?? throw new InvalidOperationException($"Not accepted: {outcome.Failure}");
            Console.WriteLine($"ack {key} {receipt.Reference} {(receipt.AlreadyThere ? "again" : "new")}");
        }
    }

    /// <summary>The form that is submitted under a key: it carries the key, so that a second referral from it would show.</summary>
    public static ReferralForm Form(CatalogueContent content, Guid key)
    {
        var form = ExampleForms.Solicitor(content);
        form.Claim.OurReference = key.ToString();
        return form;
    }
}
