using System.Text.RegularExpressions;

namespace ReferralPortal.Web.Features.Referrals.Submit.Letters;

/// <summary>What a label of a letter or form asks for.</summary>
enum Label
{
    Person, GivenName, FamilyName, Title, DateOfBirth, Address, Postcode, Phone, Email, NhsNumber, Occupation, GpPractice, GpCode, Guardian,
    IncidentDate, IncidentType, Account, Injuries, Condition, Symptoms,
    OurReference, ClaimReference, OtherInsurer, OtherInsurerReference, SomeReference, Liability, CaseManager, Payer, Services, Priority,
    /// <summary>Known, so that its value is not taken for something else.</summary>
    Ignored,
}

/// <summary>Whose particulars a piece of a letter holds.</summary>
enum Owner { Unknown, Patient, Sender, OtherSide, Gp, Guardian }

/// <summary>The words before the colon, or in the left column, by which letters name what follows.</summary>
static class LetterLabels
{
    static readonly Dictionary<string, Label> Known = new(StringComparer.Ordinal);

    static LetterLabels()
    {
        Add(Label.Person, "re", "name", "full name", "client", "our client", "patient", "claimant", "employee", "your patient", "injured party", "injured person", "service user", "child", "patient name", "client name", "claimant name", "employee name", "name of client", "name of patient", "name of claimant", "name of employee", "name of child", "our mutual client", "clients name", "worker", "member of staff");
        Add(Label.GivenName, "forename", "forenames", "first name", "first names", "given name", "given names", "christian name", "forename s");
        Add(Label.FamilyName, "surname", "last name", "family name");
        Add(Label.Title, "title");
        Add(Label.DateOfBirth, "date of birth", "dob", "d o b", "birth date", "born");
        Add(Label.Address, "address", "home address", "full address", "postal address", "residence", "correspondence address");
        Add(Label.Postcode, "postcode", "post code");
        Add(Label.Phone, "telephone", "tel", "phone", "mobile", "mob", "home telephone", "home phone", "mobile telephone", "mobile phone", "telephone number", "telephone no", "tel no", "mobile number", "mobile no", "phone number", "phone no", "contact number", "contact telephone", "contact no", "daytime telephone", "home", "contact tel", "tel number", "contact telephone number", "contact details", "t", "m", "best contact number", "home tel", "work telephone", "evening telephone");
        Add(Label.Email, "email", "e mail", "email address", "e mail address");
        Add(Label.NhsNumber, "nhs number", "nhs no", "nhs", "nhs num");
        Add(Label.Occupation, "occupation", "job title", "job", "employment", "job role", "role", "position", "post", "work", "occupation employer");
        Add(Label.GpPractice, "gp", "gp practice", "gp surgery", "surgery", "registered gp", "gp details", "general practitioner", "practice", "registered practice", "gp name and address", "doctor");
        Add(Label.GpCode, "practice code", "ods code", "gp code", "gp practice code", "ods", "practice ods code");
        Add(Label.Guardian, "litigation friend", "guardian", "parent", "parent guardian", "parent or guardian", "mother", "father", "parent or carer", "parent carer", "next friend", "legal guardian", "name of parent or guardian");
        Add(Label.IncidentDate, "date of accident", "accident date", "date of incident", "incident date", "date of injury", "doa", "d o a", "date of loss", "date of collision", "injury date", "accident", "date of index accident", "date of the accident", "date of the incident", "doi", "dol");
        Add(Label.IncidentType, "type of accident", "accident type", "type of incident", "incident type", "mechanism", "mechanism of injury", "cause", "accident category", "nature of accident", "type of claim", "claim type", "nature of incident");
        Add(Label.Account, "circumstances", "accident circumstances", "circumstances of accident", "circumstances of the accident", "incident circumstances", "description of accident", "description of incident", "accident details", "incident details", "what happened", "brief circumstances", "account", "details of accident", "details of incident", "description", "how it happened", "brief details of accident", "event");
        Add(Label.Injuries, "injuries", "injury", "injuries sustained", "nature of injury", "nature of injuries", "injury details", "area of injury", "areas of injury", "body parts", "body part", "areas affected", "injured area", "injuries reported", "area to be treated", "area", "site", "sites of pain", "affected area", "part of body", "injured parts", "parts injured");
        Add(Label.Condition, "diagnosis", "condition", "presenting condition", "provisional diagnosis", "working diagnosis", "medical diagnosis", "fit note");
        Add(Label.Symptoms, "symptoms", "current symptoms", "present symptoms", "presenting complaint", "presenting complaints", "ongoing symptoms", "complaint", "problem", "current problems", "problems now", "present complaint");
        Add(Label.OurReference, "our ref", "our reference", "ref", "reference", "file ref", "file reference", "matter", "matter number", "matter no", "matter ref", "case ref", "case reference", "file no", "file number", "instruction ref", "instruction reference", "instruction no", "instruction number", "case no", "case number", "our refs", "our file", "our file ref", "referral ref", "referral reference", "referral no", "please quote", "quote", "please quote ref", "or");
        Add(Label.ClaimReference, "claim ref", "claim reference", "claim number", "claim no", "portal ref", "portal reference", "oic ref", "oic reference", "portal number", "portal no", "cnf ref", "cnf reference", "moj ref", "moj reference", "moj portal ref", "claims portal ref", "claims portal reference", "oic claim number", "claims ref");
        Add(Label.OtherInsurer, "insurer", "insurers", "defendant insurer", "defendants insurer", "defendants insurers", "third party insurer", "third party insurers", "tp insurer", "tpi", "at fault insurer", "compensator", "other sides insurer", "other side", "opponents insurer", "tp insurers", "third partys insurer", "third partys insurers", "liability insurer", "defendant insurers");
        Add(Label.OtherInsurerReference, "insurer ref", "insurer reference", "insurers ref", "insurers reference", "tp ref", "tp reference", "third party ref", "third party reference", "tpi ref", "tpi reference", "their ref", "their reference", "compensator ref", "compensator reference", "defendant ref", "defendant reference", "insurer claim ref", "insurers claim ref", "third party insurer ref", "third party insurer reference", "defendant insurer ref", "defendant insurer reference", "insurer claim number", "policy claim no", "tp insurer ref", "tp insurer reference", "insurer claim reference");
        Add(Label.Liability, "liability", "liability position", "liability status", "liability stance");
        Add(Label.CaseManager, "case manager", "case management", "case management company", "rehabilitation case manager");
        Add(Label.Payer, "funder", "funded by", "funding", "payer", "paying party", "invoice to", "invoices to", "bill to", "funding party", "who pays", "payment by", "paid by", "costs to");
        Add(Label.Services, "service required", "services required", "service", "services", "services requested", "service requested", "required", "request", "requested", "treatment required", "instruction", "instructions", "please provide", "report required", "work required", "asked for", "type of referral", "referral for", "we need", "required services");
        Add(Label.Priority, "priority", "urgency", "timescale", "how soon");
        Add(Label.Ignored, "date", "your ref", "your reference", "instruction date", "date of instruction", "date of referral", "referral date", "date of letter", "date of knowledge", "fax", "dx", "ni number", "ni no", "national insurance number", "national insurance no", "nino", "ni", "sex", "gender", "from", "to", "cc", "bcc", "sent", "subject", "www", "web", "website", "start date", "date started", "employed since", "employer", "vehicle", "registration", "vrm", "payroll no", "payroll number", "staff no", "staff number", "hospital", "hospital number", "hospital no", "consultant", "time", "instructing solicitor", "solicitor", "referrer", "fee earner", "handler", "case handler", "referred by", "page", "line manager", "manager", "policy number", "policy no", "driver", "defendant", "third party", "enc", "encl", "age", "language", "interpreter", "court", "limitation", "limitation date", "gmc", "direct dial", "ddi", "direct line", "authority no", "authority", "authority number", "authority ref", "sessions", "sessions authorised", "signed", "date of signature", "first language", "hours", "absent since", "off since", "date first absent", "witness", "witnesses");
    }

    static void Add(Label label, params string[] words)
    {
        foreach (var word in words) Known.TryAdd(word, label);
    }

    static readonly (Owner Owner, Regex Words)[] Owners =
    [
        (Owner.OtherSide, Pattern.Any(@"^(?:the\s)?(?:defendants?|third party|third partys|tp|tpi|insurers?|other sides?|opponents?|compensators?|other drivers?|drivers?)\b")),
        (Owner.Sender, Pattern.Any(@"^(?:instructing |referring )?(?:solicitors?|referrers?|referring|instructing|fee earners?|handlers?|case handlers?|our|office|agencys?|employers?|managers?|line managers?|firms?|senders?|representatives?|reps?|direct)\b")),
        (Owner.Gp, Pattern.Any(@"^(?:gps?|surgerys?|doctors?|practices?)\b")),
        (Owner.Guardian, Pattern.Any(@"^(?:mothers?|fathers?|parents?|guardians?|litigation friends?|mums?|dads?|carers?)\b")),
        (Owner.Patient, Pattern.Any(@"^(?:our )?(?:clients?|claimants?|patients?|employees?|injured (?:party|partys|persons?)|childs?|workers?)\b")),
    ];

    static readonly Regex Reference = Pattern.Any(@"^(?<who>[\p{L}][\p{L} &]{1,40}) (?:ref|reference|ref no|reference no|reference number|ref number)$");

    /// <summary>What the words ask for, and about whom; null when they are no label.</summary>
    internal static (Label Label, Owner Owner)? Read(string words)
    {
        var plain = Plain(words);
        if (plain.Length is 0 or > 60) return null;
        if (Known.TryGetValue(plain, out var whole)) return (whole, whole is Label.Person ? Owner.Patient : whole is Label.Guardian ? Owner.Guardian : OwnerOf(plain));
        foreach (var (owner, pattern) in Owners)
            if (pattern.Match(plain) is { Success: true } match && plain[match.Length..].Trim() is { Length: > 0 } rest && Known.TryGetValue(rest, out var label))
                return (owner is Owner.Sender or Owner.OtherSide or Owner.Gp && label is Label.OurReference or Label.SomeReference ? Label.Ignored : label, owner);
        return Reference.IsMatch(plain) ? (Label.SomeReference, OwnerOf(plain)) : null;
    }

    static Owner OwnerOf(string plain)
    {
        foreach (var (owner, pattern) in Owners)
            if (pattern.IsMatch(plain) && !plain.StartsWith("our client", StringComparison.Ordinal)) return owner == Owner.Sender && plain.StartsWith("our", StringComparison.Ordinal) ? Owner.Unknown : owner;
        return Owner.Unknown;
    }

    static readonly Regex NoLetters = Pattern.Any(@"[^\p{L}\p{M}\p{Nd}]+");
    static readonly Regex Apostrophes = Pattern.Any(@"['’‘`]");

    /// <summary>Lower case, without points, brackets, dashes: "D.O.B." is "d o b", "Client’s address" is "clients address".</summary>
    static string Plain(string words) => NoLetters.Replace(Apostrophes.Replace(words, ""), " ").Trim().ToLowerInvariant();

    static readonly Regex Numbering = Pattern.Any(@"^(?:section |part )?(?:[0-9]{1,2}|[a-z])[.):]\s+");
    static readonly Regex HeadingWords = Pattern.Any(@"\b(?:details|information|section|particulars|about)\b");

    static readonly (Owner Owner, Regex Words)[] Headings =
    [
        (Owner.Guardian, Pattern.Any(@"\b(?:parent|guardian|litigation friend)\b")),
        (Owner.OtherSide, Pattern.Any(@"\b(?:defendant|third party|insurer|other side|opponent|driver)\b")),
        (Owner.Patient, Pattern.Any(@"\b(?:claimant|client|patient|injured (?:party|person)|employee|personal|service user|child|worker|member of staff)\b")),
        (Owner.Gp, Pattern.Any(@"\b(?:gp|doctor|surgery)\b")),
        (Owner.Sender, Pattern.Any(@"\b(?:solicitor|referrer|legal|instructing|referring|agency|employer|manager|firm|invoice|billing)\b")),
        (Owner.Unknown, Pattern.Any(@"\b(?:accident|incident|injury|injuries|medical|treatment|funding|services?|claim|work)\b")),
    ];

    /// <summary>The owner of what stands under a heading such as "CLAIMANT DETAILS"; null when the line is no heading.</summary>
    internal static Owner? Heading(string line)
    {
        var bare = Numbering.Replace(line, "");
        // "2. REFERRER" is a heading, and so is "DEFENDANT"; "CLIENT" may be the label of the line below.
        if (bare.Length > 60 || bare.Any(char.IsDigit) || bare.Length == line.Length && Read(line) is var (label, _) && label != Label.Ignored) return null;
        line = bare;
        var shouted = line.Any(char.IsLetter) && !line.Any(char.IsLower);
        if (!shouted && !(HeadingWords.IsMatch(line) && !line.EndsWith('.') && line.Split(' ').Length <= 6)) return null;
        foreach (var (owner, pattern) in Headings)
            if (pattern.IsMatch(line)) return owner;
        return null;
    }
}
