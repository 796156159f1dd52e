using Dapper;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Referrals.Amend;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Referrals.Submit.Drafts;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Referrals.Amend;

/// <summary>Correcting a referral in the tests, as its referrer does.</summary>
static class AmendWorld
{
    static CancellationToken Ct => Xunit.TestContext.Current.CancellationToken;

    /// <summary>A solicitor's referral with a case manager and a funder on it.</summary>
    internal static async Task<(Guid Id, string Reference)> Sent(this PortalTestDatabase database, Action<ReferralForm>? change = null)
    {
        var (manager, funder) = ((await database.Actor(CaseManager)).OrganisationId, (await database.Actor(Funder)).OrganisationId);
        return await ExampleForms.Submitted(database, await database.Actor(Solicitor), form =>
        {
            form.Claim.CaseManagerId = manager;
            (form.Funding.Kind, form.Funding.PayerId) = (PayerKind.Funder, funder);
            change?.Invoke(form);
        });
    }

    internal static async Task<Amendment> Opened(this PortalTestDatabase database, string reference, string person = Solicitor) =>
        (await new OpenAmendment(database.Database).Handle(await database.Actor(person), reference, Ct)).Value ?? throw new InvalidOperationException($"{person} may not correct {reference}.");

    /// <summary>Opens, types and sends.</summary>
    internal static async Task<Outcome<AmendReferral.Receipt>> Corrected(this PortalTestDatabase database, string reference, Action<ReferralForm> change, string person = Solicitor, TimeProvider? clock = null, string reason = "Misheard on the telephone")
    {
        var amendment = await database.Opened(reference, person);
        change(amendment.Draft.Form);
        return await database.Send(amendment, person, clock, reason);
    }

    internal static async Task<Outcome<AmendReferral.Receipt>> Send(this PortalTestDatabase database, Amendment amendment, string person = Solicitor, TimeProvider? clock = null, string reason = "Misheard on the telephone")
    {
        var actor = await database.Actor(person);
        await new SaveDraft(database.Database).Handle(actor, new(amendment.Draft.Id, amendment.Draft.Version, amendment.Draft.Form), Ct);
        return await Amending(database, database.Database, clock).Handle(actor, Command(amendment, reason), Ct);
    }

    internal static AmendReferral Amending(PortalTestDatabase database, PortalDatabase through, TimeProvider? clock = null) => new(clock is null ? through : database.On(clock), database.Catalogue(), clock ?? TimeProvider.System);

    internal static AmendReferral.Command Command(Amendment amendment, string reason = "Misheard on the telephone") => new(amendment.Referral, amendment.Version, amendment.Draft.Id, amendment.Draft.Form, reason);

    /// <summary>Takes the referral into triage as the clinic does.</summary>
    internal static async Task StartTriage(this PortalTestDatabase database, Guid referral)
    {
        await using var owner = await database.Owner();
        var version = await owner.ExecuteScalarAsync<int>("select version from referral where id = @referral", new { referral });
        await new StartTriage(database.Database).Handle(await database.Actor(Triage), new(referral, version), Ct);
    }
}
