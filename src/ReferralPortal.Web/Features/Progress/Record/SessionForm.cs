using ReferralPortal.Domain.Progress;
using ReferralPortal.Domain.Referrals;

namespace ReferralPortal.Web.Features.Progress;

/// <summary>What the clinician types of one treatment session.</summary>
public sealed class SessionForm : INoteForm
{
    static string INoteForm.Table => "treatment_session";
    static string INoteForm.HeldAt => "held_at";

    public IReadOnlyCollection<Treatment> Treatments { get; set; } = [];
    /// <summary>How the patient was, and how the treatment was taken.</summary>
    public string Response { get; set; } = "";
    /// <summary>Work now; starts with what was recorded last.</summary>
    public WorkStatus? WorkStatus { get; set; }
    public Concern Concern { get; set; }
    /// <summary>For the referrer, or for the clinic alone, by <see cref="Concern"/>.</summary>
    public string ConcernWords { get; set; } = "";
    public string Reason { get; set; } = "";
}
