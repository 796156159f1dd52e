using System.Text.RegularExpressions;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals.View;

namespace ReferralPortal.Web.Features.Referrals.Submit.Letters;

/// <summary>Finds what the letter asks the clinic for, and how soon.</summary>
static class LetterServices
{
    static readonly Regex Asks = Pattern.Any(@"\b(?:please|grateful|would like|we'd like|request\w*|require\w*|instruct\w*|arrange|carry out|need(?:s|ed)?|seeking|could you|can you|would you|ask(?:s|ing)? (?:you|for)|thank you for (?:seeing|assessing)|refer(?:ring|red)?|looking for|kindly|should be obliged|obliged if)\b");
    static readonly Regex Past = Pattern.Any(@"\b(?:has (?:had|already had|received|undergone)|have had|had (?:had )?(?:[\p{Nd}]+|some|six|four|a course)|received|underwent|previous|was treated|were treated|treated at|treated by|attended)\b");
    static readonly Regex ForUs = Pattern.Any(@"^(?:physio(?:therapy)?|treatment|assessment|initial assessment|triage)\b");

    static readonly (ServiceAskedFor Service, Regex Words, Regex? Not)[] Services =
    [
        (ServiceAskedFor.TriageReport, Pattern.Any(@"\b(?:(?:telephone |initial )?triage)\b"), null),
        (ServiceAskedFor.ImmediateNeedsAssessment, Pattern.Any(@"\b(?:immediate needs? assessment|immediate needs|ina)\b"), null),
        (ServiceAskedFor.InitialAssessment, Pattern.Any(@"\b(?:(?:initial |physio(?:therapy)? |clinical |full |face[- ]to[- ]face |your )*(?:assessment|assess|assessed|assessing|evaluation))\b"), Pattern.Any(@"\b(?:immediate needs? assessment|needs assessment|assessment of (?:damages|quantum)|capacity assessment|risk assessment|telephone (?:triage )?assessment|triage assessment|workplace assessment|workstation assessment|occupational health assessment)\b")),
        (ServiceAskedFor.Treatment, Pattern.Any(@"\b(?:(?:physio(?:therapy)? )?treatment|course of physio(?:therapy)?|physio(?:therapy)? sessions?|sessions? of physio(?:therapy)?|to treat|and treat|treat (?:him|her|them|as)|hydrotherapy|physio|physiotherapy(?: for| as| to)?|rehabilitation (?:sessions|programme|treatment))\b"), Pattern.Any(@"\b(?:physio(?:therapy)? (?:assessment|department|team|service|evaluation|report|triage|clinic)|treatment (?:report|plan|recommendations?)|(?:physiotherapy|physio)\.co\.uk|chartered physiotherap\w+|department of physiotherapy)\b")),
        (ServiceAskedFor.DischargeReport, Pattern.Any(@"\b(?:discharge report|report (?:on|at|upon) discharge|(?:final|closing) report|discharge summary|end[- ]of[- ]treatment report)\b"), null),
    ];

    internal static IEnumerable<Found> AskedFor(LetterText letter)
    {
        List<Found> asked = [];
        foreach (var passage in letter.Passages)
        {
            var labelled = passage.Label == Label.Services;
            if (!labelled && !(passage.IsProse && !passage.AboutAnother && (Asks.IsMatch(passage.Text) || ForUs.IsMatch(passage.Text) && passage.Text.Length < 90) && !Past.IsMatch(passage.Text))) continue;
            foreach (var (service, words, not) in Services)
            {
                var text = not is null ? passage.Value : not.Replace(passage.Value, match => new string('~', match.Length));
                if (asked.Any(found => found.Value == EnumText.Of(service)) || words.Match(text) is not { Success: true } match || LetterInjuries.IsDenied(text, match.Index, match.Index + match.Length)) continue;
                asked.Add(new(LetterField.Service, EnumText.Of(service), PlainText.Of(service), passage.Text, labelled ? Certainty.Stated : Certainty.Likely));
            }
        }
        return asked.OrderBy(found => EnumText.Parse<ServiceAskedFor>(found.Value));
    }

    static readonly Regex NotUrgent = Pattern.Any(@"\b(?:routine(?:ly)?|not urgent|non[- ]urgent|no urgency|standard|normal|in the usual way|not (?:an )?emergency)\b");
    static readonly Regex Routine = Pattern.Any(@"^routine\b|\b(?:(?:is|as|on|a|this|treat) (?:a )?routine|routine (?:referral|appointment|basis|priority)|not urgent|non[- ]urgent|no urgency)\b");
    static readonly Regex Urgent = Pattern.Any(@"\b(?:urgent(?:ly)?|asap|a\.s\.a\.p|expedite[d]?|high priority|without delay|straight ?away|priority appointment)\b|\b(?:seen|see|assess(?:ed)?|appointment|start|begin)\b.{0,50}\bas soon as (?:possible|you can)\b|\bas soon as (?:possible|you can)\b.{0,50}\b(?:seen|see|assess(?:ed)?|appointment)\b");

    internal static Found? PriorityOf(LetterText letter)
    {
        foreach (var entry in letter.Entries(Label.Priority))
            if (NotUrgent.IsMatch(entry.Value)) return Of(Priority.Routine, entry, Certainty.Stated);
            else if (Urgent.IsMatch(entry.Value) || entry.Value.StartsWith("high", StringComparison.OrdinalIgnoreCase)) return Of(Priority.Urgent, entry, Certainty.Stated);
        foreach (var passage in letter.Passages.Where(passage => !passage.AboutAnother && (passage.IsProse || passage.Zone == Zone.Head && passage.Label is null or Label.Person && passage.Text.Length < 120)))
        {
            if (Routine.IsMatch(passage.Text)) return Of(Priority.Routine, passage, Certainty.Likely);
            if (Urgent.Match(passage.Text) is { Success: true } match && !LetterInjuries.IsDenied(passage.Text, match.Index, match.Index + match.Length)) return Of(Priority.Urgent, passage, Certainty.Likely);
        }
        return null;
    }

    static Found Of(Priority priority, Passage passage, Certainty certainty) => new(LetterField.Priority, EnumText.Of(priority), PlainText.Of(priority), passage.Text, certainty);
}
