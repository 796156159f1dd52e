using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals.View;

namespace ReferralPortal.Web.Features.Documents;

/// <summary>
/// Who sees which documents of a referral: those of whom <see cref="PartySight"/> says that they see the part of the record that the document belongs to.
/// An organisation always sees what its own people added. What a document of kind "other" says nobody knows beforehand, so it is guarded like a medical one.
/// </summary>
public static class DocumentSight
{
    static readonly Dictionary<DocumentKind, Sight> Needs = new()
    {
        //                                    employer: no, payer: no
        [DocumentKind.LetterOfInstruction] = Sight.Clinical,
        [DocumentKind.MedicalReport]       = Sight.Clinical,
        [DocumentKind.GpRecords]           = Sight.Clinical,
        [DocumentKind.ImagingReport]       = Sight.Clinical,
        [DocumentKind.Other]               = Sight.Clinical,
        //                                    employer: yes, payer: yes
        [DocumentKind.ConsentForm]         = Sight.Consent,
    };

    /// <summary>Whether a reader of this sight sees documents of a kind that others added.</summary>
    public static bool Sees(this Sight sight, DocumentKind kind) => Needs.TryGetValue(kind, out var needed) && sight.HasFlag(needed);

    /// <summary>The kinds that a reader of this sight sees, as stored.</summary>
    public static string[] KindsSeen(this Sight sight) => [.. Enum.GetValues<DocumentKind>().Where(kind => sight.Sees(kind)).Select(kind => EnumText.Of(kind))];
}
