using ReferralPortal.Domain.Funding;
using ReferralPortal.Testing;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Funding;
using ReferralPortal.Web.Features.Funding.Extensions;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Funding;

/// <summary>What the tests of funding arrange and look at, past the portal.</summary>
static class FundingWorld
{
    internal static async Task<FundingBalance> Balance(this PortalTestDatabase database, Guid referral, string reader = Triage) =>
        await database.Database.Read(await database.Actor(reader), unit => FundingBalance.Read(unit, referral), CancellationToken.None);

    /// <summary>A treatment that has begun and of which nothing is recorded yet.</summary>
    internal static async Task<Guid> AddAppointment(this PortalTestDatabase database, Guid referral, int daysAgo = 1, string state = "booked")
    {
        var id = Guid.CreateVersion7();
        await database.Run("""
            insert into appointment (id, referral_id, kind, clinic_id, clinician_id, starts_at, ends_at, state)
            select @id, @referral, 'treatment', (select id from clinic order by name limit 1), u.id, now() + slot.minute, now() + slot.minute + interval '1 minute', @state
            from portal_user u, (select interval '1 minute' * (-1440 * @daysAgo + 2 * (select count(*) from appointment))) slot (minute)
            where u.user_name = 'clinician@clinic.example'
            """, new { id, referral, daysAgo, state });
        return id;
    }

    /// <summary>What is agreed with Ribble Insurance.</summary>
    internal static Task Terms(this PortalTestDatabase database, bool chargesMissed = false, bool deemed = false, int days = 21) => database.Run("""
        insert into payer_terms (organisation_id, answer_days, deemed_approval, charges_missed, saved_by, saved_at)
        select payer.organisation_id, @days, @deemed, @chargesMissed, lead.id, now() from portal_user payer, portal_user lead where payer.user_name = 'claims@ribble-insurance.example' and lead.user_name = 'lead@clinic.example'
        on conflict (organisation_id) do update set answer_days = @days, deemed_approval = @deemed, charges_missed = @chargesMissed
        """, new { chargesMissed, deemed, days });

    /// <summary>A second funder of Ribble Insurance.</summary>
    internal const string SecondFunder = "claims2@ribble-insurance.example";

    /// <summary>A funder of an insurer that is on no referral.</summary>
    internal const string OtherFunder = "claims@calder-mutual.example";

    internal static Task AddFunders(this PortalTestDatabase database) => database.Run("""
        insert into organisation (id, kind, name, directory_tenant_id) select '01900000-0000-7000-8000-00000000ca1d', 'funder', 'Calder Mutual', gen_random_uuid() on conflict do nothing;
        insert into portal_user (id, organisation_id, directory_tenant_id, user_name, display_name, roles)
        select gen_random_uuid(), organisation_id, directory_tenant_id, @SecondFunder, 'Second Handler', array['funder'] from portal_user where user_name = @Funder on conflict do nothing;
        insert into portal_user (id, organisation_id, directory_tenant_id, user_name, display_name, roles)
        select gen_random_uuid(), id, directory_tenant_id, @OtherFunder, 'Other Handler', array['funder'] from organisation where name = 'Calder Mutual' on conflict do nothing;
        """, new { SecondFunder, OtherFunder, Funder });

    /// <summary>Six sessions in clinic at 45 pounds and two of hydrotherapy at 60.</summary>
    internal static ExtensionForm Form(string email = "") => new()
    {
        Lines = [new() { Modality = Modality.InClinic, Sessions = "6", UnitPrice = "45" }, new() { Modality = Modality.Hydrotherapy, Sessions = "2", UnitPrice = "60.00" }],
        Until = DateParts.Of(Domain.LondonTime.DateOf(DateTimeOffset.UtcNow).AddDays(90)),
        OutcomeIfDeclined = "returns-to-bed-rest",
        PayerEmail = email,
    };

    /// <summary>A draft report of that kind by the clinician.</summary>
    internal static async Task<Guid> DraftReport(this PortalTestDatabase database, Guid referral)
    {
        var id = Guid.CreateVersion7();
        await database.Run("""
            insert into report (id, referral_id, kind, state, content, author_id)
            select @id, @referral, 'treatment_extension', 'draft', '[{"key": "attendance", "heading": "Sessions", "text": "All attended."}, {"key": "progress", "heading": "Progress", "text": "lifts-with-both-arms"}]'::jsonb, id
            from portal_user where user_name = @Clinician
            """, new { id, referral, Clinician });
        return id;
    }

    /// <summary>A request as the clinician wrote it, not yet sent.</summary>
    internal static async Task<(Guid Request, Guid Report)> Drafted(this PortalTestDatabase database, Guid referral, ExtensionForm? form = null)
    {
        var report = await database.DraftReport(referral);
        var outcome = await new AskForSessions(database.Database, TimeProvider.System).Handle(await database.Actor(Clinician), new(Guid.CreateVersion7(), referral, report, form ?? Form()), CancellationToken.None);
        return (outcome.Value, report);
    }

    /// <summary>A request that waits: its report is signed.</summary>
    internal static async Task<(Guid Request, Guid Report)> Asked(this PortalTestDatabase database, Guid referral, ExtensionForm? form = null, TimeProvider? clock = null)
    {
        var drafted = await database.Drafted(referral, form);
        await database.Signed(referral, drafted.Report, clock);
        return drafted;
    }

    internal static async Task Signed(this PortalTestDatabase database, Guid referral, Guid report, TimeProvider? clock = null)
    {
        await database.Run("update report set state = 'signed', signed_at = now(), released_at = now(), author_name = 'Beth Entwistle', author_hcpc = 'PH104512', content_hash = 'f00d' where id = @report and state = 'draft'", new { report });
        await new PortalDatabase(database.Sources, clock ?? TimeProvider.System).Write<bool>(await database.Actor(Clinician), async unit =>
        {
            await ExtensionRequests.Send(unit, referral, report);
            return true;
        }, CancellationToken.None);
    }
}
