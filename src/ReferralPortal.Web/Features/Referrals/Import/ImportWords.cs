using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Components.Display;

namespace ReferralPortal.Web.Features.Referrals.Import;

/// <summary>What an import's states are called.</summary>
public static class ImportWords
{
    public static string Of(ImportState state) => state switch
    {
        ImportState.Columns => "Waiting for you: say which column is which",
        ImportState.Checking => "Being checked",
        ImportState.Open => "Checked",
        ImportState.Sending => "Being sent",
        _ => "Stopped",
    };

    public static (string Words, Tone Tone) Of(ImportRowState state) => state switch
    {
        ImportRowState.Waiting => ("Not checked yet", Tone.Neutral),
        ImportRowState.Ready => ("Ready", Tone.Success),
        ImportRowState.Problems => ("Problems", Tone.Warning),
        ImportRowState.AlreadySent => ("Already there", Tone.Warning),
        ImportRowState.Emergency => ("Emergency answer", Tone.Error),
        ImportRowState.ByHand => ("By hand", Tone.Info),
        _ => ("Sent", Tone.Primary),
    };

    public static string Of(RowFilter filter) => filter switch
    {
        RowFilter.Ready => "Ready",
        RowFilter.Problems => "With problems",
        RowFilter.ByHand => "By hand",
        RowFilter.Sent => "Sent",
        _ => "All",
    };

    /// <summary>What stands for a filter in an address.</summary>
    public static string Code(RowFilter filter) => Domain.EnumText.Of(filter);
}
