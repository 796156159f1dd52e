using System.Text.Json.Nodes;
using ReferralPortal.Web.Features.Referrals.Submit;
using ReferralPortal.Web.Platform;

namespace ReferralPortal.Web.Features.Referrals.Amend;

/// <summary>
/// Carries corrections over to a referral that has moved on meanwhile: what the person changed stays as typed, and everything else follows the
/// referral, so that nobody undoes a colleague's correction by not having seen it.
/// </summary>
static class FormRebase
{
    /// <param name="was">The answers from which the corrections began.</param>
    /// <param name="mine">The answers with the corrections.</param>
    /// <param name="now">The answers as they stand now.</param>
    internal static ReferralForm Onto(ReferralForm was, ReferralForm mine, ReferralForm now) =>
        PortalJson.Read<ReferralForm>(Merge(Node(was), Node(mine), Node(now))!.ToJsonString(PortalJson.Options));

    static JsonNode? Node(ReferralForm form) => JsonNode.Parse(PortalJson.Text(form));

    // An object is merged answer by answer; a list is one answer.
    static JsonNode? Merge(JsonNode? was, JsonNode? mine, JsonNode? now)
    {
        if (JsonNode.DeepEquals(was, mine)) return now?.DeepClone();
        if (was is not JsonObject before || mine is not JsonObject typed || now is not JsonObject fresh) return mine?.DeepClone();

        var merged = new JsonObject();
        foreach (var name in before.Concat(typed).Concat(fresh).Select(answer => answer.Key).Distinct())
            if (Merge(before[name], typed[name], fresh[name]) is { } left) merged[name] = left; // no answer and none at all are the same
        return merged;
    }
}
