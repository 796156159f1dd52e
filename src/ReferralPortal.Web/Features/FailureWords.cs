using System.Globalization;
using ReferralPortal.Domain;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features;

/// <summary>Failures as one sentence, for pages that show them in one place.</summary>
public static class FailureWords
{
    static readonly CultureInfo British = CultureInfo.GetCultureInfo("en-GB");

    public static string Of(Failure failure) => failure switch
    {
        Failure.Refused refused => refused.Words,
        Failure.Conflict conflict => $"{conflict.ChangedBy} {conflict.WhatChanged} at {LondonTime.Of(conflict.At).ToString("HH:mm 'on' d MMM", British)}. The page now shows how it stands; nothing that you typed was lost.",
        Failure.Invalid invalid => string.Join(" ", invalid.Errors.Values.Select(words => words + ".")),
        _ => "This is not here any more, or is no longer open to you.",
    };
}
