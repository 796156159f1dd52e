using ReferralPortal.Domain;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Dashboard;

/// <summary>Something that figures can be filtered by.</summary>
public sealed record Named(Guid Id, string Name);

/// <summary>The dashboard's figures. <paramref name="Overdue"/>: in the queue and past their time as of now, whatever the period.</summary>
public sealed record DashboardView(IReadOnlyList<Figure> Rows, int Overdue, IReadOnlyList<Named> Organisations, IReadOnlyList<Named> Clinics, DateOnly Today);

/// <summary>
/// Counts what came in, what was decided, how long patients waited and which targets were missed, in one round trip. For the clinic manager. It reads no
/// patient's record: nothing but counts leaves the database.
/// </summary>
public sealed class ReadDashboard(PortalDatabase database)
{
    public async Task<Outcome<DashboardView>> Handle(Actor actor, DashboardFilter filter, CancellationToken ct)
    {
        if (!actor.ReadsFigures()) return Outcome.Missing;

        return await database.Read(actor, async unit =>
        {
            var today = LondonTime.DateOf(unit.Now);
            await using var sets = await unit.Results(
                $"{FactSql.Plainly};\nwith {FactSql.Facts(filter, Enum.GetValues<Measure>())}\n{FactSql.Count};\n{Overdue(filter)};\n{Senders};\n{Clinics}",
                FactSql.Asked(unit, filter, filter.Instants(today)));
            await sets.ReadAsync<object>();
            return (Outcome<DashboardView>)new DashboardView(
                [.. await sets.ReadAsync<Figure>()], await sets.ReadSingleAsync<int>(), [.. await sets.ReadAsync<Named>()], [.. await sets.ReadAsync<Named>()], today);
        }, ct);
    }

    // The queue's own tab of this name counts the same (see QueueSql); the condition on states is its index's, word for word.
    static string Overdue(DashboardFilter filter) => $"""
        select count(*)::int from referral r
        where r.state in ('submitted', 'in_triage', 'information_requested', 'accepted', 'appointment_booked')
            and r.due_at < @now and r.clock_paused_at is null and @organisationId = any (r.readers)
            {(filter.Organisation is null ? "" : "and r.referring_organisation_id = @sender")} {(filter.Clinic is not null ? "and r.clinic_id = @clinic" : filter.NoClinic ? "and r.clinic_id is null" : "")}
        """;

    const string Senders = "select id, name from organisation where kind not in ('clinic_group', 'funder') order by name, id";

    const string Clinics = "select id, name from clinic order by name, id";
}
