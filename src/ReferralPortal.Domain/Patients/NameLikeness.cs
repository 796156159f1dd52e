using System.Globalization;
using System.Text;

namespace ReferralPortal.Domain.Patients;

/// <summary>How alike two names of people are.</summary>
public enum NameLikeness
{
    /// <summary>Two names.</summary>
    Different,
    /// <summary>The same but for one letter that is other, missing, too much, or changed with its neighbour.</summary>
    Similar,
    /// <summary>The same, whatever the accents, the case, hyphens, apostrophes and the order of its parts.</summary>
    Same,
}

/// <summary>Compares names as people mistype them, so that one patient who is referred twice is found.</summary>
public static class Names
{
    // In a part of one or two letters, one letter is half of the name; in a whole name of few letters, too much of it.
    const int ShortestToDiffer = 3, ShortestWhole = 8;

    /// <summary>Compares two people's names. A name without a single letter is like no other.</summary>
    public static NameLikeness Compare(string givenName, string familyName, string otherGivenName, string otherFamilyName)
    {
        var one = Parts(givenName, familyName);
        var other = Parts(otherGivenName, otherFamilyName);
        if (one.Count == 0 || other.Count == 0) return NameLikeness.Different;

        // A space more or less (O Connor, OConnor) joins or parts a name without making it another.
        var (whole, otherWhole) = (string.Concat(one), string.Concat(other));
        if (whole == otherWhole) return NameLikeness.Same;
        return one.Count != other.Count && Math.Min(whole.Length, otherWhole.Length) >= ShortestWhole && OneEdit(whole, otherWhole) ? NameLikeness.Similar : InAnyOrder(one, other);
    }

    static NameLikeness InAnyOrder(List<string> one, List<string> other)
    {
        if (one.Count != other.Count) return NameLikeness.Different;
        var left = other.ToList();
        var odd = one.Where(part => !left.Remove(part)).ToList();
        return odd.Count switch
        {
            0 => NameLikeness.Same,
            1 when Math.Min(odd[0].Length, left[0].Length) >= ShortestToDiffer && OneEdit(odd[0], left[0]) => NameLikeness.Similar,
            _ => NameLikeness.Different,
        };
    }

    /// <summary>Whether one letter put in, left out, replaced, or changed with its neighbour makes the one the other.</summary>
    static bool OneEdit(string one, string other)
    {
        if (Math.Abs(one.Length - other.Length) > 1) return false;
        var start = 0;
        while (start < Math.Min(one.Length, other.Length) && one[start] == other[start]) start++;
        var (a, b) = (one[start..], other[start..]);
        return a.Length == b.Length
            ? a.Length > 0 && (a[1..] == b[1..] || (a.Length > 1 && a[0] == b[1] && a[1] == b[0] && a[2..] == b[2..]))
            : a.Length > b.Length ? a[1..] == b : a == b[1..];
    }

    /// <summary>The name's words: lower case, without accents and apostrophes, parted at spaces and hyphens.</summary>
    static List<string> Parts(string givenName, string familyName)
    {
        var parts = new List<string>();
        var part = new StringBuilder();
        foreach (var letter in Plain($"{givenName} {familyName}"))
        {
            if (char.IsLetterOrDigit(letter)) part.Append(letter);
            else if (char.IsWhiteSpace(letter) || CharUnicodeInfo.GetUnicodeCategory(letter) == UnicodeCategory.DashPunctuation) Close();
        }
        Close();
        return parts;

        void Close()
        {
            if (part.Length > 0) parts.Add(part.ToString());
            part.Clear();
        }
    }

    static string Plain(string name)
    {
        string apart;
        try
        {
            apart = name.Normalize(NormalizationForm.FormKD);
        }
        catch (ArgumentException)
        {
            return ""; // half a surrogate pair is no text
        }
        var plain = new StringBuilder(apart.Length);
        foreach (var letter in apart)
            if (CharUnicodeInfo.GetUnicodeCategory(letter) != UnicodeCategory.NonSpacingMark) plain.Append(Unaccented(char.ToLowerInvariant(letter)));
        return plain.ToString();
    }

    // Letters that Unicode does not take apart into a letter and a mark.
    static string Unaccented(char letter) => letter switch
    {
        'ß' => "ss", 'æ' => "ae", 'œ' => "oe", 'ø' => "o", 'đ' => "d", 'ð' => "d", 'þ' => "th", 'ł' => "l", 'ı' => "i",
        _ => letter.ToString(),
    };
}
