using ReferralPortal.Domain.Funding;

namespace ReferralPortal.Web.Features.Funding.Extensions;

/// <summary>What a payer chooses.</summary>
public enum Verdict { Authorise, Part, Decline }

/// <summary>Reads an answer as it was typed, on the portal's page and on the link's.</summary>
public static class AnswerForm
{
    /// <summary>The answer, or what is wrong with it by field.</summary>
    /// <param name="lines">What is asked for.</param>
    /// <param name="verdict">What was chosen.</param>
    /// <param name="granted">What was typed for each line, where a part is granted.</param>
    /// <param name="reason">Why not all of it.</param>
    /// <param name="words">In words.</param>
    public static (ExtensionAnswer? Answer, IReadOnlyDictionary<string, string> Errors) Read(IReadOnlyList<ExtensionLine> lines, Verdict? verdict, IReadOnlyList<string> granted, ExtensionReason? reason, string words)
    {
        var errors = new Dictionary<string, string>();
        var sessions = lines.Select(line => verdict == Verdict.Authorise ? line.Sessions : 0).ToArray();
        if (verdict is null) errors["Verdict"] = "Choose an answer";
        if (verdict == Verdict.Part)
        {
            for (var place = 0; place < lines.Count; place++)
                if (!MoneyText.TryCount(granted.ElementAtOrDefault(place), 0, lines[place].Sessions, out sessions[place])) errors[$"Granted.{place}"] = $"Enter from 0 to {lines[place].Sessions}";
            if (errors.Count == 0 && sessions.All(number => number == 0)) errors["Granted.0"] = "Authorise at least one session, or decline";
        }
        var answer = new ExtensionAnswer(sessions, verdict == Verdict.Authorise ? null : reason, words);
        if (verdict is not null && errors.Count == 0) foreach (var (field, problem) in AnswerExtension.Check(answer)) errors[field] = problem;
        return (errors.Count == 0 ? answer : null, errors);
    }
}
