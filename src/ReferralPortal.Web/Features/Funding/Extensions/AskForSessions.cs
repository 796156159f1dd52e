using ReferralPortal.Domain;
using ReferralPortal.Domain.Funding;
using ReferralPortal.Domain.Organisations;
using ReferralPortal.Domain.Patients;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Forms;
using ReferralPortal.Web.Features.Progress.Reports;
using ReferralPortal.Web.Features.Referrals;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Funding.Extensions;

/// <summary>What the clinician asks for, as typed.</summary>
public sealed class ExtensionForm
{
    public List<Line> Lines { get; set; } = [new()];
    public DateParts Until { get; set; } = DateParts.Empty;
    public string OutcomeIfDeclined { get; set; } = "";
    /// <summary>Where a payer without an account is reached.</summary>
    public string PayerEmail { get; set; } = "";

    public sealed class Line
    {
        public Modality? Modality { get; set; }
        public string Sessions { get; set; } = "";
        public string UnitPrice { get; set; } = "";
    }
}

/// <summary>Who is asked.</summary>
/// <param name="OrganisationId">The payer's organisation; null where it is only a name.</param>
/// <param name="Name">Its name; null where nobody is named as the payer.</param>
/// <param name="Email">The address on file.</param>
/// <param name="HasAccount">It answers in the portal; otherwise by a link.</param>
public sealed record AskedPayer(Guid? OrganisationId, string? Name, string? Email, bool HasAccount);

/// <summary>What the form starts with.</summary>
public sealed record AskStart(Guid ReferralId, string Reference, string PatientName, Coded<ReferralState> State, AskedPayer Payer, FundingBalance Balance, ExtensionView? Open, int Days, bool Deemed);

/// <summary>
/// Asks for more sessions: the lines, until when, and what is to be expected without them. It is a draft until the report that goes with it is signed. Clinicians
/// only, while the patient is in treatment, one request at a time.
/// </summary>
public sealed class AskForSessions(PortalDatabase database, TimeProvider clock)
{
    const int LongestOutcome = 4000;

    /// <param name="Key">The request's id, made when the form opened: a repeat stores one.</param>
    /// <param name="Referral">Whose.</param>
    /// <param name="Report">The draft report that goes with it, the clinician's own.</param>
    /// <param name="Form">What is asked for.</param>
    public sealed record Command(Guid Key, Guid Referral, Guid Report, ExtensionForm Form);

    /// <summary>What is known before the form is filled in.</summary>
    public async Task<Outcome<AskStart>> Open(Actor actor, string? typed, CancellationToken ct)
    {
        if (!actor.IsClinician() || !Reference.TryParse(typed, out var reference)) return Outcome.Missing;
        return await database.View(actor, async unit =>
        {
            var header = await unit.One<Header>(Head, new { reference = reference.ToString(), actor.OrganisationId });
            if (header is null) return (Outcome<AskStart>)Outcome.Missing;
            unit.Audit(AuditAction.ViewFunding, header.Id, detail: new { page = "more sessions" });
            var balance = await FundingBalance.Read(unit, header.Id);
            var open = (await ReadExtension.Of(unit, "request.referral_id = @id and request.state in ('draft', 'waiting')", header.Id)).FirstOrDefault();
            var payer = await Payer(unit, header.Id);
            return new AskStart(header.Id, header.Reference, $"{header.GivenName} {header.FamilyName}", header.State, payer.Asked, balance, open, payer.Days, payer.Deemed);
        }, ct);
    }

    /// <summary>
    /// Stores the request beside its draft report, and writes it into the report's own parts; returns its id. What an earlier draft of this referral held gives way to it.
    /// </summary>
    public async Task<Outcome<Guid>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.IsClinician()) return Outcome.Refused("Your role does not allow this: a clinician asks for more sessions.");
        var today = LondonTime.DateOf(clock.GetUtcNow());
        if (Check(command.Form, today) is { Count: > 0 } errors) return Outcome.Invalid(errors);

        return await database.Write<Guid>(actor, async unit =>
        {
            var referral = await unit.One<LockedReferral>(Lock, new { command.Referral, actor.OrganisationId });
            if (referral is null || !await unit.One<bool>(OwnDraftReport, new { command.Report, command.Referral, author = actor.UserId })) return Outcome.Missing;
            if (referral.State != ReferralState.InTreatment) return Outcome.Refused("More sessions are asked for while the patient is in treatment.");
            if (await unit.One<Other>(Standing, new { command.Referral }) is { } standing && standing.ReportId != command.Report)
                return standing.State == "waiting" ? Outcome.Refused("The payer has not answered the last request yet. Wait for its answer, or withdraw that request first.")
                    : Outcome.Conflict(standing.RequestedBy, "began a request for more sessions", standing.CreatedAt);

            var (payer, _, _) = await Payer(unit, referral.Id);
            if (payer.Name is null) return Outcome.Refused("Nobody is named as the payer. Record the payer’s authority first.");
            if (!payer.HasAccount && !EmailAddress.TryParse(command.Form.PayerEmail, out _)) return Outcome.Invalid(nameof(ExtensionForm.PayerEmail), "Enter the payer’s e-mail address: it answers by a link that is sent there");

            var before = await ReadExtension.Of(unit, "request.report_id = @id", command.Report);
            var id = await unit.One<Guid>(Store, new
            {
                id = command.Key, command.Referral, command.Report, payerId = payer.OrganisationId, payerName = payer.Name, email = payer.HasAccount ? null : command.Form.PayerEmail.Trim(),
                until = command.Form.Until.ToDate()!.Value, outcome = TypedText.Storable(command.Form.OutcomeIfDeclined)!.Trim(), by = actor.UserId, unit.Now,
            });
            await unit.Run(StoreLines, Lines(command.Form, id, unit.Now));
            var now = await ReadExtension.Of(unit, "request.report_id = @id", command.Report);
            await ReportParts.Fill(unit, command.Report, ExtensionWords.InReport(now[0]), before is [var earlier] ? ExtensionWords.InReport(earlier) : null);
            unit.Audit(AuditAction.DraftExtension, referral.Id, id);
            return id;
        }, ct);
    }

    /// <summary>What is wrong with it, by field.</summary>
    public static Dictionary<string, string> Check(ExtensionForm form, DateOnly today)
    {
        var errors = new Dictionary<string, string>();
        if (form.Lines.Count is 0 or > ExtensionRules.MostLines) errors["Lines"] = $"Ask for 1 to {ExtensionRules.MostLines} lines";
        for (var place = 0; place < form.Lines.Count && place < ExtensionRules.MostLines; place++)
        {
            if (!MoneyText.TryCount(form.Lines[place].Sessions, 1, ExtensionRules.MostSessions, out _)) errors[$"Lines.{place}.Sessions"] = $"Enter how many sessions, from 1 to {ExtensionRules.MostSessions}";
            if (!string.IsNullOrWhiteSpace(form.Lines[place].UnitPrice) && !MoneyText.TryPounds(form.Lines[place].UnitPrice, out _)) errors[$"Lines.{place}.UnitPrice"] = "Enter an amount in pounds, for example 45 or 45.50";
        }
        if (!ThreeFieldDate.TryParse(form.Until.Day, form.Until.Month, form.Until.Year, out var until, out var problem)) errors[nameof(form.Until)] = $"Until {problem}";
        else if (until <= today || until > today.AddYears(2)) errors[nameof(form.Until)] = "Until must be a day to come, within two years";
        if (string.IsNullOrWhiteSpace(form.OutcomeIfDeclined)) errors[nameof(form.OutcomeIfDeclined)] = "Write what you expect without these sessions";
        else if (form.OutcomeIfDeclined.Length > LongestOutcome) errors[nameof(form.OutcomeIfDeclined)] = $"Use {LongestOutcome:N0} characters or fewer";
        return errors;
    }

    static object Lines(ExtensionForm form, Guid id, DateTimeOffset now) => new
    {
        id,
        now,
        ids = form.Lines.Select(_ => Guid.CreateVersion7(now)).ToArray(),
        places = Enumerable.Range(0, form.Lines.Count).ToArray(),
        modalities = form.Lines.Select(line => line.Modality is { } modality ? EnumText.Of(modality) : null).ToArray(),
        sessions = form.Lines.Select(line => MoneyText.TryCount(line.Sessions, 1, ExtensionRules.MostSessions, out var number) ? number : 0).ToArray(),
        prices = form.Lines.Select(line => MoneyText.TryPounds(line.UnitPrice, out var pounds) ? pounds : (decimal?)null).ToArray(),
    };

    static async Task<(AskedPayer Asked, int Days, bool Deemed)> Payer(PortalUnit unit, Guid referral) =>
        await unit.One<PayerRow>(WhoPays, new { referral, usual = Domain.Calendars.RehabilitationCode.RequestDays }) is { } row
            ? (new AskedPayer(row.OrganisationId, row.Name, row.Email, row.HasAccount), row.Days, row.Deemed)
            : (new AskedPayer(null, null, null, false), Domain.Calendars.RehabilitationCode.RequestDays, false);

    sealed record Header(Guid Id, string Reference, string GivenName, string FamilyName, Coded<ReferralState> State);
    sealed record Other(Guid ReportId, string State, string RequestedBy, DateTimeOffset CreatedAt);
    sealed record PayerRow(Guid? OrganisationId, string Name, string? Email, bool HasAccount, int Days, bool Deemed);

    const string Head = """
        select r.id, r.reference, patient.given_name, patient.family_name, r.state
        from referral r join patient on patient.id = r.patient_id
        where r.reference = @reference
            and exists (select from referral_party mine where mine.referral_id = r.id and mine.organisation_id = @organisationId and mine.role = 'treating_clinic')
        """;

    const string Lock = $"""
        select {LockedReferral.Columns} from referral r
        where r.id = @referral
            and exists (select from referral_party mine where mine.referral_id = r.id and mine.organisation_id = @organisationId and mine.role = 'treating_clinic')
        for update
        """;

    const string OwnDraftReport = "select exists (select from report where id = @report and referral_id = @referral and author_id = @author and kind = 'treatment_extension' and state = 'draft')";

    const string Standing = """
        select request.report_id, request.state, person.display_name as requested_by, request.created_at
        from extension_request request join portal_user person on person.id = request.requested_by
        where request.referral_id = @referral and request.state in ('draft', 'waiting')
        """;

    // The funder on the referral; otherwise whoever authorised last, otherwise whom the referrer named. One address on file, the last that was used first.
    const string WhoPays = """
        select payer.organisation_id, payer.name, coalesce(
                   (select earlier.payer_email from extension_request earlier where earlier.referral_id = @referral and earlier.payer_email is not null order by earlier.created_at desc limit 1), organisation.email) as email,
               payer.organisation_id is not null and exists (
                   select from portal_user person where person.organisation_id = payer.organisation_id and person.disabled_at is null and 'funder' = any (person.roles)) as has_account,
               coalesce(terms.answer_days, @usual) as days, coalesce(terms.deemed_approval, false) as deemed
        from (
            select party.organisation_id, funder.name, 1 as rank, now() as at
            from referral_party party join organisation funder on funder.id = party.organisation_id
            where party.referral_id = @referral and party.role = 'funder'
            union all
            select given.payer_organisation_id, given.payer_name, 2, given.given_at from funding_authority given where given.referral_id = @referral
            union all
            select null, detail.payer_name, 3, now() from referral_detail detail where detail.referral_id = @referral and detail.payer_name is not null) payer (organisation_id, name, rank, at)
        left join organisation on organisation.id = payer.organisation_id
        left join payer_terms terms on terms.organisation_id = payer.organisation_id
        order by payer.rank, payer.at desc
        limit 1
        """;

    const string Store = """
        insert into extension_request (id, referral_id, report_id, payer_organisation_id, payer_name, payer_email, until, outcome_if_declined, requested_by, created_at)
        values (@id, @referral, @report, @payerId, @payerName, @email, @until, @outcome, @by, @now)
        on conflict (report_id) do update set
            payer_organisation_id = excluded.payer_organisation_id, payer_name = excluded.payer_name, payer_email = excluded.payer_email,
            until = excluded.until, outcome_if_declined = excluded.outcome_if_declined, version = extension_request.version + 1
            where extension_request.state = 'draft'
        returning id
        """;

    const string StoreLines = """
        delete from extension_line where request_id = @id;
        insert into extension_line (id, request_id, place, modality, sessions, unit_price, created_at)
        select line.id, @id, place, modality, sessions, unit_price, @now
        from unnest(@ids, @places, @modalities, @sessions, @prices::numeric[]) line (id, place, modality, sessions, unit_price);
        """;
}
