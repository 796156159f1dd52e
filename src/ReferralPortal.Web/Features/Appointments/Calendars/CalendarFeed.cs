using Dapper;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform;
using ReferralPortal.Web.Platform.Security;
using ReferralPortal.Web.Platform.SignIn;

namespace ReferralPortal.Web.Features.Appointments.Calendars;

/// <summary>
/// Makes, renews and ends the secret address of a clinician's own calendar. The address is told once, when it is made: a new one ends the one before.
/// </summary>
public sealed class ManageCalendar(PortalDatabase database)
{
    /// <summary>Since when there is an address, and on which day a calendar last asked; all null when there is none.</summary>
    public sealed record Standing(DateTimeOffset? MadeAt, DateOnly? LastReadOn);

    static readonly Failure NotAClinician = Outcome.Refused("Only a clinician has a calendar of appointments.");

    public async Task<Outcome<Standing>> Find(Actor actor, CancellationToken ct) => !actor.IsClinician() ? NotAClinician
        : await database.Read<Outcome<Standing>>(actor, async unit => await unit.One<Standing>(Mine, new { actor.UserId }) ?? new Standing(null, null), ct);

    /// <summary>Returns the address's secret part, which is kept nowhere.</summary>
    public async Task<Outcome<string>> Renew(Actor actor, CancellationToken ct)
    {
        if (!actor.IsClinician()) return NotAClinician;
        var secret = LinkSecret.New();
        return await database.Write<string>(actor, async unit =>
        {
            await unit.Run(Replace, new { id = Guid.CreateVersion7(unit.Now), actor.UserId, hash = LinkSecret.Hash(secret), now = unit.Now });
            unit.Audit(AuditAction.RenewCalendar, subjectId: actor.UserId);
            return secret;
        }, ct);
    }

    /// <summary>Returns whether there was one.</summary>
    public async Task<Outcome<bool>> End(Actor actor, CancellationToken ct)
    {
        if (!actor.IsClinician()) return NotAClinician;
        return await database.Write<bool>(actor, async unit =>
        {
            var ended = await unit.Many<Guid>("delete from calendar_feed where person_id = @userId returning id", new { actor.UserId });
            if (ended.Count > 0) unit.Audit(AuditAction.EndCalendar, subjectId: actor.UserId);
            return ended.Count > 0;
        }, ct);
    }

    const string Mine = "select created_at as made_at, last_read_on from calendar_feed where person_id = @userId";

    const string Replace = """
        insert into calendar_feed (id, person_id, token_hash, created_at) values (@id, @userId, @hash, @now)
        on conflict (person_id) do update set token_hash = excluded.token_hash, created_at = excluded.created_at, last_read_on = null, version = calendar_feed.version + 1
        """;
}

/// <summary>
/// Reads the calendar that a secret address opens, as the person to whom it belongs: what that person may no longer see is not in it, and an account that is
/// disabled has none. A wrong, an old and a made-up address are told apart nowhere.
/// </summary>
public sealed class ReadCalendar(PortalDatabase database, PortalDataSources sources, TimeProvider clock)
{
    /// <summary>How far a calendar goes back and ahead.</summary>
    public static readonly TimeSpan Past = TimeSpan.FromDays(31), Ahead = TimeSpan.FromDays(366);

    public async Task<Outcome<string>> Handle(string secret, CancellationToken ct)
    {
        if (LinkSecret.Hash(secret) is not { } hash) return Outcome.Missing;
        if (await Owner(hash, ct) is not { } person) return Outcome.Missing;
        try
        {
            var actor = await CurrentActor.Load(sources, person, ct);
            if (!actor.IsClinician()) return Outcome.Missing;
            return await database.View<Outcome<string>>(actor, async unit =>
            {
                var entries = await unit.Many<CalendarEntry>(Mine, new { actor.UserId, actor.OrganisationId, from = unit.Now - Past, until = unit.Now + Ahead });
                await unit.Run(Mark, new { actor.UserId, today = Domain.LondonTime.DateOf(unit.Now) });
                unit.Audit(AuditAction.ReadCalendar, subjectId: actor.UserId, detail: new { appointments = entries.Count });
                return AppointmentCalendar.Of(entries, clock.GetUtcNow(), "Appointments");
            }, ct);
        }
        catch (StandingLostException)
        {
            return Outcome.Missing;
        }
    }

    async Task<Guid?> Owner(byte[] hash, CancellationToken ct)
    {
        await using var connection = await sources.Writing.OpenConnectionAsync(ct);
        return await connection.ExecuteScalarAsync<Guid?>(new CommandDefinition("select portal.calendar_owner(@hash)", new { hash }, cancellationToken: ct));
    }

    const string Mine = $"{ReadAppointmentFile.Columns} where appointment.clinician_id = @userId and appointment.starts_at > @from and appointment.starts_at < @until and appointment.state <> 'held' and {ReadAppointmentFile.Ours} order by appointment.starts_at";

    const string Mark = "update calendar_feed set last_read_on = @today where person_id = @userId and last_read_on is distinct from @today";
}

/// <summary>One appointment as a calendar file, for the treating clinic's people.</summary>
public sealed class ReadAppointmentFile(PortalDatabase database, TimeProvider clock)
{
    /// <summary>The file's name and text.</summary>
    public sealed record File(string Name, string Text);

    public async Task<Outcome<File>> Handle(Actor actor, Guid appointment, CancellationToken ct)
    {
        if (!actor.TreatsReferrals()) return Outcome.Missing;
        return await database.View<Outcome<File>>(actor, async unit =>
        {
            var entry = await unit.One<CalendarEntry>($"{Columns} where appointment.id = @appointment and appointment.state <> 'held' and {Ours}", new { appointment, actor.OrganisationId });
            if (entry is null) return Outcome.Missing;
            unit.Audit(AuditAction.ReadCalendar, subjectId: appointment);
            return new File(AppointmentCalendar.FileName(entry), AppointmentCalendar.Of([entry], clock.GetUtcNow()));
        }, ct);
    }

    internal const string Columns = """
        select appointment.id, referral.reference, appointment.kind, clinic.name as clinic, clinic.address || ', ' || clinic.postcode as address, room.name as room,
               appointment.starts_at, appointment.ends_at, appointment.state, appointment.version
        from appointment
        join referral on referral.id = appointment.referral_id
        join clinic on clinic.id = appointment.clinic_id
        left join room on room.id = appointment.room_id
        """;

    internal const string Ours = "exists (select from referral_party mine where mine.referral_id = referral.id and mine.organisation_id = @organisationId and mine.role = 'treating_clinic') and portal.is_clinic()";
}
