using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Body;
using ReferralPortal.Web.Components.Forms;

namespace ReferralPortal.Web.Features.Progress;

/// <summary>What the clinician types at the first assessment. Texts stay as typed until they are right.</summary>
public sealed class AssessmentForm : INoteForm
{
    static string INoteForm.Table => "assessment";
    static string INoteForm.HeldAt => "assessed_at";

    public string Subjective { get; set; } = "";
    public string Objective { get; set; } = "";
    /// <summary>Where it hurts, as examined; starts with what the referrer marked.</summary>
    public IReadOnlyCollection<BodySite> Regions { get; set; } = [];
    public string Analysis { get; set; } = "";
    public string Plan { get; set; } = "";
    public string SessionsPlanned { get; set; } = "";
    public string PrognosisWeeks { get; set; } = "";
    public WorkStatus? WorkStatus { get; set; }
    /// <summary>Set at the first signing; kept by themselves afterwards.</summary>
    public List<Goal> Goals { get; set; } = [new()];
    /// <summary>The first scores, taken at the first signing.</summary>
    public List<Score> Scores { get; set; } = [];
    public string Reason { get; set; } = "";

    public sealed class Goal
    {
        public string Words { get; set; } = "";
        public DateParts Target { get; set; } = DateParts.Empty;
    }

    public sealed class Score
    {
        public string Measure { get; set; } = "";
        public string Value { get; set; } = "";
    }
}
