using ReferralPortal.Web.Components.Display;
using System.Text.RegularExpressions;
using ReferralPortal.Domain;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Web.Features.Referrals.View;

namespace ReferralPortal.Web.Features.Referrals.Submit.Letters;

/// <summary>Finds what happened, when and how.</summary>
static class LetterIncident
{
    static readonly Regex Event = Pattern.Any(@"\b(?:accident|collision|collided|collides|crash(?:ed)?|incident|struck|hit|rear[- ]ended|shunt(?:ed)?|pulled out|slip(?:s|ped)?|trip(?:s|ped)?|fell|fall(?:en|s)?|lifting|lifted|carrying|twist(?:ed)?|assault(?:ed)?|attacked|punched|kicked|bitten|crushed|trapped|thrown|knocked|injured|dropped|tackled|jolted|scalded|caught|stumbled|braked|ran into|drove into|reversed|overturned|collapsed|missed (?:a|the) step|gave way|came down|felt (?:a |an |his |her |their )?(?:sudden |immediate |sharp |sharp, )*(?:pain|pop|crack|snap|twinge|back|knee|shoulder|neck))\b");
    static readonly Regex Strong = Pattern.Any(@"\b(?:collided|collides|crashed|struck|hit|rear[- ]ended|shunted|pulled out|slipped|tripped|fell|lifting|lifted|twisted|assaulted|attacked|punched|crushed|trapped|thrown|knocked|dropped|tackled|drove into|ran into|overturned|collapsed|gave way|stumbled|was driving|was walking|was cycling|was riding|was carrying|was injured (?:when|while|in|as)|felt (?:a |an |his |her |their )?(?:sudden |immediate |sharp |sharp, )*(?:pain|pop|crack|snap|twinge|back|knee|shoulder|neck))\b");
    static readonly Regex NotEvent = Pattern.Any(@"\b(?:date of knowledge|limitation|since (?:joining|starting)|has been with us|joined|employed since|appointment|x-ray|scan|mri|seen (?:by|at)|discharged|instructed on|wrote|letter of|dated|off (?:work|sick) since|signed off|previous(?:ly)?|earlier accident|claim form)\b");
    static readonly Regex DateLead = Pattern.Any(@"\b(?:accident|incident|collision|injur(?:y|ed)|fall|crash|assault|rta|rtc|event)\b[^.;]{0,60}$|\b(?:on|of|dated?|:|-)\s*$");
    static readonly Regex BirthLead = Pattern.Any(@"(?:\b(?:date of birth|d\.?\s?o\.?\s?b\b\.?|born)[\s:.,\-–(]*(?:on\s)?$)");
    static readonly Regex AccidentWord = Pattern.Any(@"\b(?:accident|incident|collision|injury|injuries|index event|rta|rtc|crash|assault|fall)\b");

    internal static Found? Day(LetterText letter, DateOnly today, string? birth)
    {
        foreach (var entry in letter.Entries(Label.IncidentDate))
            if (LetterDates.In(entry.Value) is [var written, ..] && written.AsEvent(today) is { } labelled) return Of(labelled, entry, Certainty.Stated);
        (DateOnly Day, Passage Source, int Rank)? best = null;
        foreach (var passage in letter.Passages)
        {
            if (passage.Zone == Zone.SignOff || passage.Label is not (null or Label.Account or Label.Person) || passage.Owner == Owner.Sender && passage.Zone == Zone.Head && !passage.Text.StartsWith("Subject", StringComparison.OrdinalIgnoreCase)) continue;
            if (passage.Zone == Zone.Head && passage.Label is null && !AccidentWord.IsMatch(passage.Text)) continue;
            foreach (var date in LetterDates.In(passage.Value))
            {
                if (date.AsEvent(today) is not { } day || $"{day:yyyy-MM-dd}" == birth) continue;
                var before = passage.Value[..date.Start];
                if (BirthLead.IsMatch(before)) continue;
                var clause = Around(passage.Value, date.Start, date.End);
                if (NotEvent.IsMatch(clause)) continue;
                var rank = (Event.IsMatch(clause) ? 3 : Event.IsMatch(passage.Value) ? 1 : 0) + (Strong.IsMatch(clause) ? 2 : 0) + (AccidentWord.IsMatch(before) ? 1 : 0) + (DateLead.IsMatch(before) ? 1 : 0);
                if (rank < 3 || best is { } other && other.Rank >= rank) continue;
                best = (day, passage, rank);
            }
        }
        return best is { } found ? Of(found.Day, found.Source, Certainty.Likely) : null;
    }

    static string Around(string text, int start, int end)
    {
        var from = text.LastIndexOfAny([';', '.'], Math.Max(0, start - 1)) is var stop && stop > 0 && stop + 1 < text.Length && text[stop + 1] == ' ' ? stop + 1 : 0;
        var to = text.IndexOf(';', end);
        return text[from..(to < 0 ? text.Length : to)];
    }

    static Found Of(DateOnly day, Passage passage, Certainty certainty) => new(LetterField.IncidentDate, $"{day:yyyy-MM-dd}", Formats.Date(day), passage.Text, certainty);

    // What happened

    static readonly Regex Formula = Pattern.Any(@"\b(?:we act|i act|claim for damages|please (?:arrange|find|provide|see|let)|grateful|liability|enclosed|reference|should you|we look forward|attached)\b");
    static readonly Regex Nothing = Pattern.Any(@"^there was no (?:injury|accident|fall|trauma)\b|\bno (?:history of )?(?:injury|trauma|accident)\b");

    internal static (Found Found, Passage Source)? Account(LetterText letter)
    {
        foreach (var entry in letter.Entries(Label.Account))
            if (entry.Value.Length > 12 && entry.Owner is not (Owner.Sender or Owner.Gp)) return (new(LetterField.Account, entry.Value, entry.Value, entry.Text, Certainty.Stated), entry);
        var sentences = letter.Passages.Where(passage => passage.IsProse && !passage.AboutAnother).ToList();
        var (best, place) = (0, -1);
        for (var at = 0; at < sentences.Count; at++)
        {
            var text = sentences[at].Text;
            if (Nothing.IsMatch(text)) continue;
            var rank = Strong.Count(text) * 2 + Event.Count(text) + (LetterDates.In(text).Count > 0 ? 1 : 0) - (Formula.IsMatch(text) ? 3 : 0) - (NotEvent.IsMatch(text) ? 1 : 0);
            if (rank > best) (best, place) = (rank, at);
        }
        if (place < 0 || best < 3) return null;
        var account = sentences[place].Text;
        if (place + 1 < sentences.Count && sentences[place + 1] is var next && next.Block == sentences[place].Block && Strong.IsMatch(next.Text) && !Formula.IsMatch(next.Text)) account = $"{account} {next.Text}";
        return (new(LetterField.Account, account, account, account, Certainty.Likely), sentences[place]);
    }

    // How

    static readonly (IncidentMechanism Mechanism, Regex Words)[] Mechanisms =
    [
        (IncidentMechanism.Assault, Pattern.Any(@"\b(?:assault(?:ed)?|attacked|punched|mugged|stabbed)\b")),
        (IncidentMechanism.RoadTraffic, Pattern.Any(@"\b(?:rta|rtc|road traffic|rear[- ]ended|rear[- ]end shunt|shunted|whilst driving|was driving|driving (?:home|to|along)|roundabout|motorway|traffic lights|dual carriageway|knocked (?:off|from) (?:his|her|their|the|a) (?:bicycle|bike|motorcycle|cycle)|(?:car|vehicle|van|lorry|bus|taxi|motorcycle|cyclist|motorist)\b.{0,60}\b(?:collided|struck|hit|pulled out|ran into|drove into|braked|reversed|crashed)|pulled out (?:on|in front|into)|(?:bicycle|bike|motorbike|motorcycle|moped|scooter)\b.{0,100}\b(?:car|van|lorry|bus|taxi|driver|vehicle)|(?:collided|collision|struck|hit|run over|knocked down)\b.{0,40}\b(?:car|vehicle|van|lorry|bus|taxi|motorcycle|tram))\b")),
        (IncidentMechanism.Sport, Pattern.Any(@"\b(?:playing (?:football|rugby|hockey|netball|cricket|tennis|squash)|football match|rugby match|tackled|sports? (?:injury|accident|club)|training session|five-a-side|marathon)\b")),
        (IncidentMechanism.RepetitiveStrain, Pattern.Any(@"\b(?:repetitive strain|rsi|repeated (?:gripping|lifting|movements?)|repetitive (?:work|tasks?|movements?)|vibrat(?:ion|ing) tools?|wruld)\b")),
        (IncidentMechanism.Lifting, Pattern.Any(@"\b(?:lifting|lifted|manual handling|carrying)\b")),
        (IncidentMechanism.Workplace, Pattern.Any(@"\b(?:accident at work|work(?:place)? accident|accident in the workplace|industrial accident|employers?['’]? liability|in the course of (?:his|her|their) employment|injured at work|workplace)\b")),
        (IncidentMechanism.Clinical, Pattern.Any(@"\b(?:clinical negligence|medical negligence|during (?:surgery|the operation|an operation)|negligent (?:surgery|treatment))\b")),
        (IncidentMechanism.SlipTripFall, Pattern.Any(@"\b(?:slip(?:s|ped|ping)?|trip(?:s|ped|ping)?|missed (?:a|the) step|stumbled)\b")),
        (IncidentMechanism.PublicPlace, Pattern.Any(@"\b(?:public place|public liability|occupiers?['’]? liability|play area|playground|in (?:a|the) (?:park|supermarket|shop|street|car park)|council)\b")),
        (IncidentMechanism.Workplace, Pattern.Any(@"\b(?:at work|machine|forklift|loading bay|warehouse|factory|building site|scaffold(?:ing)?|on site|conveyor|shift|production line)\b")),
        (IncidentMechanism.SlipTripFall, Pattern.Any(@"\b(?:fell|fall|fallen)\b")),
        (IncidentMechanism.Other, Pattern.Any(@"^other$")),
    ];

    internal static Found? Mechanism(LetterText letter, Passage? account)
    {
        var places = letter.Entries(Label.IncidentType).Concat(account is null ? [] : [account])
            .Concat(letter.Passages.Where(passage => passage.Zone != Zone.SignOff && !passage.AboutAnother && (passage.Label is Label.Person or Label.Account or Label.IncidentDate || passage.Text.StartsWith("Subject", StringComparison.OrdinalIgnoreCase))))
            .Concat(account is null ? letter.Passages.Where(passage => passage.IsProse && !passage.AboutAnother && Event.IsMatch(passage.Text) && !Nothing.IsMatch(passage.Text)) : letter.Passages.Where(passage => passage.IsProse && Kind.IsMatch(passage.Text)));
        foreach (var place in places)
            foreach (var (mechanism, words) in Mechanisms)
                if (words.IsMatch($"{place.Words} {place.Value}")) return new(LetterField.Mechanism, EnumText.Of(mechanism), PlainText.Of(mechanism), place.Text, place.Label == Label.IncidentType ? Certainty.Stated : Certainty.Likely);
        return null;
    }

    static readonly Regex Kind = Pattern.Any(@"\b(?:road traffic (?:accident|collision)|rta|rtc|accident at work|public liability|assault)\b");
}
