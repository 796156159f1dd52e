using ReferralPortal.Web.Features.Catalogue;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Mail;
using ReferralPortal.Web.Platform.Security;

namespace ReferralPortal.Web.Features.Progress.Measures.Questionnaires;

/// <summary>The patient was asked to answer measures at home: the mail that says so is due, and its reminder.</summary>
public sealed record QuestionnaireSent(Guid ReferralId, Guid QuestionnaireId);

/// <summary>
/// Asks the patient to answer measures by a link that works once: by the way that the patient chose, or on a device that is handed over. Allowed to clinicians
/// while scores are taken.
/// </summary>
public sealed class SendQuestionnaire(PortalDatabase database, CatalogueStore catalogue, ITextSender texts, IConfiguration configuration)
{
    /// <param name="Key">Made when the form opened: a repeat sends nothing more.</param>
    /// <param name="Referral">Which.</param>
    /// <param name="Measures">The measures' keys, in the order in which they are asked.</param>
    /// <param name="OnDevice">Nothing is sent: the link is shown to the clinician.</param>
    public sealed record Command(Guid Key, Guid Referral, IReadOnlyList<string> Measures, bool OnDevice);

    /// <summary>How many days a link works: <c>Questionnaires:Days</c>, 7 unless somebody set it.</summary>
    public int Days => Math.Clamp(configuration.GetValue("Questionnaires:Days", 7), 1, 60);

    /// <summary>Whether a patient can be sent a link, by the way that the patient chose; null when only by a device.</summary>
    public string? ChannelFor(string preferred, bool hasEmail, bool hasPhone) => (preferred, hasEmail, hasPhone) switch
    {
        ("email", true, _) => "mail",
        ("text", _, true) when texts.IsOn => "text",
        _ => null,
    };

    /// <summary>Returns the address of the questionnaire where it is for a device; null where it was sent.</summary>
    public async Task<Outcome<string?>> Handle(Actor actor, Command command, CancellationToken ct)
    {
        if (!actor.TreatsReferrals()) return Outcome.Missing;
        if (!actor.IsClinician()) return Outcome.Refused("Your role does not allow this: a clinician sends questionnaires.");
        var worded = (await catalogue.Get(ct)).Measures.Where(measure => measure.IsWorded()).Select(measure => measure.Key).ToList();
        var measures = worded.Where(command.Measures.Contains).ToArray();
        if (measures.Length == 0 || measures.Length != command.Measures.Distinct().Count()) return Outcome.Invalid(nameof(command.Measures), "Choose what the patient is asked");

        return await database.Write<string?>(actor, async unit =>
        {
            if (await MeasureEntry.Find(unit, command.Referral) is not { } referral) return Outcome.Missing;
            if (!referral.TakesScores) return MeasureEntry.NotNow;
            var reached = (await unit.One<Reached>(HowReached, new { command.Referral }))!;
            var channel = command.OnDevice ? "device" : ChannelFor(reached.PreferredContact, reached.HasEmail, reached.HasPhone);
            if (channel is null) return Outcome.Refused("The patient did not ask to be reached by mail or text. Hand the questionnaire over on a device instead.");

            var added = await unit.Run(Insert, new { command.Key, command.Referral, measures, channel, by = actor.UserId, expires = unit.Now.AddDays(Days), at = unit.Now });
            if (added > 0)
            {
                unit.Audit(AuditAction.SendQuestionnaire, command.Referral, command.Key, new { measures, channel });
                if (channel != "device") unit.Queue(new QuestionnaireSent(command.Referral, command.Key), command.Referral);
            }
            return channel == "device" ? await QuestionnaireSecrets.Make(unit, command.Key) : (Outcome<string?>)(string?)null;
        }, ct);
    }

    sealed record Reached(string PreferredContact, bool HasEmail, bool HasPhone);

    // Of a child that has one the guardian is written to.
    const string HowReached = """
        select p.preferred_contact,
               coalesce(case when p.date_of_birth > current_date - interval '18 years' then p.guardian_email end, p.email) is not null as has_email,
               coalesce(case when p.date_of_birth > current_date - interval '18 years' then p.guardian_phone end, p.phone) is not null as has_phone
        from referral r join patient p on p.id = r.patient_id where r.id = @Referral
        """;

    const string Insert = """
        insert into questionnaire (id, referral_id, measures, channel, sent_by, expires_at, created_at) values (@Key, @Referral, @measures, @channel, @by, @expires, @at)
        on conflict (id) do nothing
        """;
}

/// <summary>Shows a questionnaire's link, to hand over on a device: a secret of its own, made now and kept nowhere. Allowed to clinicians while it can be answered.</summary>
public sealed class ShowQuestionnaire(PortalDatabase database)
{
    /// <summary>Returns the address.</summary>
    public async Task<Outcome<string>> Handle(Actor actor, Guid questionnaire, CancellationToken ct)
    {
        if (!actor.TreatsReferrals()) return Outcome.Missing;
        if (!actor.IsClinician()) return Outcome.Refused("Your role does not allow this: a clinician hands questionnaires over.");
        return await database.Write<string>(actor, async unit =>
        {
            if (await QuestionnaireSecrets.Hold(unit, questionnaire) is not { } held) return Outcome.Missing;
            if (!held.IsOpen) return Outcome.Refused("This questionnaire cannot be answered any more. Send a new one.");
            unit.Audit(AuditAction.ShowQuestionnaire, held.ReferralId, questionnaire);
            return await QuestionnaireSecrets.Make(unit, questionnaire);
        }, ct);
    }
}

/// <summary>Ends a questionnaire before the patient has answered it: its links work no more. What was answered already stays.</summary>
public sealed class RevokeQuestionnaire(PortalDatabase database)
{
    public async Task<Outcome<bool>> Handle(Actor actor, Guid questionnaire, CancellationToken ct)
    {
        if (!actor.TreatsReferrals()) return Outcome.Missing;
        if (!actor.IsClinician()) return Outcome.Refused("Your role does not allow this: a clinician ends questionnaires.");
        return await database.Write<bool>(actor, async unit =>
        {
            if (await QuestionnaireSecrets.Hold(unit, questionnaire) is not { } held) return Outcome.Missing;
            if (held.AnsweredAt is not null) return Outcome.Refused("The patient has answered this questionnaire already.");
            if (held.RevokedAt is not null) return true;
            await unit.Run("update questionnaire set revoked_at = @at, revoked_by = @by, version = version + 1 where id = @questionnaire", new { questionnaire, by = actor.UserId, at = unit.Now });
            unit.Audit(AuditAction.RevokeQuestionnaire, held.ReferralId, questionnaire);
            return true;
        }, ct);
    }
}

/// <summary>The secrets in the links of questionnaires: a new one for each mail and each device, so that none has to be kept.</summary>
static class QuestionnaireSecrets
{
    /// <summary>Makes one more and returns the address that it opens.</summary>
    internal static async Task<string> Make(PortalUnit unit, Guid questionnaire)
    {
        var secret = LinkSecret.New();
        await unit.Run(Insert, new { id = Guid.CreateVersion7(unit.Now), questionnaire, hash = LinkSecret.Hash(secret), at = unit.Now });
        return $"/m/{secret}";
    }

    /// <summary>A questionnaire of the actor's clinic, held until the unit ends; null when there is none.</summary>
    internal static Task<Held?> Hold(PortalUnit unit, Guid questionnaire) => unit.One<Held>(Find, new { questionnaire, unit.Actor.OrganisationId, now = unit.Now });

    internal sealed record Held(Guid ReferralId, DateTimeOffset? AnsweredAt, DateTimeOffset? RevokedAt, bool IsOpen);

    const string Insert = """
        insert into questionnaire_secret (id, questionnaire_id, referral_id, hash, created_at)
        select @id, q.id, q.referral_id, @hash, @at from questionnaire q where q.id = @questionnaire
        """;

    const string Find = """
        select q.referral_id, q.answered_at, q.revoked_at, q.answered_at is null and q.revoked_at is null and q.expires_at > @now as is_open
        from questionnaire q
        where q.id = @questionnaire and portal.is_clinic()
            and exists (select from referral_party mine where mine.referral_id = q.referral_id and mine.organisation_id = @organisationId and mine.role = 'treating_clinic')
        for update of q
        """;
}
