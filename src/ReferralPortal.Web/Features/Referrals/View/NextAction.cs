using ReferralPortal.Domain.Referrals;

namespace ReferralPortal.Web.Features.Referrals.View;

/// <summary>The one thing that this reader does next with a referral: its words and where it is done.</summary>
public sealed record NextAction(string Label, string Address)
{
    /// <summary>
    /// The next step of a reader with these capacities, or null when it is somebody else's turn. The first row that the lifecycle allows the
    /// reader wins, so the table stands in the order of the work.
    /// </summary>
    public static NextAction? For(ReferralState state, IEnumerable<Capacity> capacities, string reference)
    {
        var allowed = Lifecycle.AllowedActions(state, capacities).ToHashSet();
        foreach (var (action, label, address) in Table)
            if (allowed.Contains(action)) return new NextAction(label, string.Format(null, address, reference));
        return null;
    }

    static readonly (ReferralAction Action, string Label, string Address)[] Table =
    [
        (ReferralAction.Answer, "Answer", "/referrals/{0}/answer"),
        (ReferralAction.StartTriage, "Start triage", "/triage/{0}"),
        (ReferralAction.Accept, "Continue triage", "/triage/{0}"),
        (ReferralAction.RecordAttendance, "Record assessment", "/referrals/{0}/assessment"),
        (ReferralAction.BookFirstAppointment, "Book first appointment", "/triage/{0}"),
        (ReferralAction.Discharge, "Go on with treatment", "/referrals/{0}/care"),
        (ReferralAction.Close, "Close referral", "/referrals/{0}/care"),
    ];
}
