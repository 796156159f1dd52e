using ReferralPortal.Domain.Patients;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Duplicates;

/// <summary>Two referrals that this unit holds locked, in the order of their ids.</summary>
sealed record DuplicatePair(LockedReferral First, LockedReferral Second)
{
    internal const int LongestReason = 4000;

    internal static readonly Failure NotADecider = Outcome.Refused("Your role does not allow this: a clinic administrator decides whether two referrals are one patient’s.");

    /// <summary>Locks two referrals and, before them, the grouping of people: decisions about people come one after the other.</summary>
    internal static async Task<Outcome<DuplicatePair>> Hold(PortalUnit unit, Guid one, Guid other)
    {
        await unit.Run("select pg_advisory_xact_lock(hashtextextended('person', 0))");
        LockedReferral?[] held = [null, null];
        Guid[] ids = one.CompareTo(other) < 0 ? [one, other] : [other, one];
        for (var place = 0; place < 2; place++)
        {
            var version = await unit.One<int?>("select version from referral where id = @id and portal.is_treating_clinic() for update", new { id = ids[place] });
            if (version is null) return Outcome.Missing;
            var opened = await unit.Open(ids[place], version.Value);
            if (opened.Value is null) return opened.Failure!;
            held[place] = opened.Value;
        }
        return new DuplicatePair(held[0]!, held[1]!);
    }

    /// <summary>Writes what was decided onto both timelines, for the clinic's eyes, and into the audit trail.</summary>
    internal async Task Note(PortalUnit unit, string what, AuditAction audit, Guid decision, string words)
    {
        await unit.Note(First, what, audit, decision, new { other = Second.Reference }, clinicOnly: true, words: words);
        await unit.Note(Second, what, audit, decision, new { other = First.Reference }, clinicOnly: true, words: words);
    }

    /// <summary>Groups anew whom the decisions that stand hold together, among the people behind these two referrals.</summary>
    internal async Task Regroup(PortalUnit unit)
    {
        var patients = await unit.Many<Guid>("select patient_id from referral where id = any (@ids)", new { ids = new[] { First.Id, Second.Id } });
        var grouped = await unit.Many<Grouped>(Members, new { patients = patients.ToArray() });
        var members = patients.Union(grouped.Select(row => row.PatientId)).ToArray();
        var pairs = await unit.Many<Merged>(Pairs, new { members });

        var before = grouped.ToDictionary(row => row.PatientId, row => row.PersonId);
        var free = before.Values.ToHashSet();
        var groups = PersonGroups.Of(members, pairs.Select(pair => (pair.One, pair.Other)));
        foreach (var group in groups.OrderByDescending(group => group.Count))
        {
            // The person stays who it was where it can.
            var known = group.Where(before.ContainsKey).Select(patient => before[patient]).Where(free.Contains).Order().ToList();
            var person = known.Count > 0 ? known[0] : Guid.CreateVersion7(unit.Now);
            if (!free.Remove(person)) await unit.Run("insert into person (id) values (@person)", new { person });
            await unit.Run(Join, new { person, patients = group.ToArray() });
        }
        var alone = members.Except(groups.SelectMany(group => group)).ToArray();
        if (alone.Length > 0) await unit.Run("delete from person_patient where patient_id = any (@alone)", new { alone });
    }

    sealed record Grouped(Guid PatientId, Guid PersonId);
    sealed record Merged(Guid One, Guid Other);

    const string Members = """
        select also.patient_id, also.person_id from person_patient also
        where also.person_id in (select person_id from person_patient where patient_id = any (@patients))
        """;

    const string Pairs = """
        select one.patient_id as one, other.patient_id as other
        from duplicate_decision d
        join referral one on one.id = d.first_referral_id
        join referral other on other.id = d.second_referral_id
        where d.decision = 'merge' and d.undone_at is null and one.patient_id = any (@members) and other.patient_id = any (@members)
        """;

    const string Join = """
        insert into person_patient (patient_id, person_id) select patient, @person from unnest(@patients) patient
        on conflict (patient_id) do update set person_id = excluded.person_id, version = person_patient.version + 1 where person_patient.person_id <> excluded.person_id
        """;
}
