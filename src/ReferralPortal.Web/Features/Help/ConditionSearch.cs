using ReferralPortal.Web.Features.Catalogue;

namespace ReferralPortal.Web.Features.Help;

/// <summary>Finds conditions by what people call them.</summary>
public static class ConditionSearch
{
    /// <summary>
    /// The conditions in which every word that was typed occurs, those that have it in their name or keywords first, otherwise in the
    /// catalogue's order. Nothing typed finds all.
    /// </summary>
    public static IReadOnlyList<Condition> Find(IReadOnlyList<Condition> conditions, string? typed)
    {
        var words = (typed ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return
        [
            .. from condition in conditions
               let called = string.Join(' ', [condition.Name, .. condition.Keywords])
               let all = string.Join(' ', [called, condition.WhatItIs, .. condition.Symptoms, .. condition.Causes])
               where words.All(word => all.Contains(word, StringComparison.OrdinalIgnoreCase))
               orderby words.Length > 0 && words.All(word => called.Contains(word, StringComparison.OrdinalIgnoreCase)) ? 0 : 1
               select condition,
        ];
    }
}
