using System.Globalization;
using CsCheck;
using ReferralPortal.Domain.Patients;

namespace ReferralPortal.Domain.Tests.Patients;

/// <summary>
/// The validators against oracles of their own: what is put together by the standard's words passes, what is changed by a slip does not. The
/// oracles are written out here and share nothing with the code that they judge.
/// </summary>
public class ValidatorProperties
{
    const string Upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    static readonly Gen<int> Digit = Gen.Int[0, 9];

    // A sum of remainders instead of a remainder of a sum, from the right instead of from the left.
    static int? CheckDigit(int[] nine)
    {
        var remainder = 0;
        for (var weight = 2; weight <= 10; weight++) remainder = (remainder + nine[10 - weight] * weight % 11) % 11;
        return remainder switch { 0 => 0, 1 => null, _ => 11 - remainder };
    }

    static readonly Gen<string> ValidNhsNumber = Digit.Array[9].Where(nine => CheckDigit(nine) is not null && nine.Append(CheckDigit(nine)!.Value).Distinct().Count() > 1)
        .Select(nine => string.Concat(nine) + CheckDigit(nine));

    [Fact]
    public void Every_number_with_its_check_digit_is_an_NHS_number_however_it_is_spaced() =>
        Gen.Select(ValidNhsNumber, Gen.Int[0, 3]).Sample((digits, spacing) =>
        {
            var typed = spacing switch { 0 => digits, 1 => $"{digits[..3]} {digits[3..6]} {digits[6..]}", 2 => $"{digits[..3]}-{digits[3..6]}-{digits[6..]}", _ => $"  {digits}\u00A0" };
            return NhsNumber.TryParse(typed, out var number) && number.Digits == digits && number.ToString() == $"{digits[..3]} {digits[3..6]} {digits[6..]}";
        });

    [Fact]
    public void One_wrong_digit_is_always_noticed() => ValidNhsNumber.Sample(digits =>
    {
        for (var place = 0; place < 10; place++)
            for (var other = '0'; other <= '9'; other++)
                if (other != digits[place] && NhsNumber.TryParse(digits[..place] + other + digits[(place + 1)..], out _)) return false;
        return true;
    });

    [Fact]
    public void Two_neighbours_swapped_are_always_noticed() => ValidNhsNumber.Sample(digits =>
    {
        for (var place = 0; place < 9; place++)
            if (digits[place] != digits[place + 1] && NhsNumber.TryParse(digits[..place] + digits[place + 1] + digits[place] + digits[(place + 2)..], out _)) return false;
        return true;
    });

    [Fact]
    public void Of_any_ten_digits_those_pass_whose_sum_is_right_and_that_are_not_all_equal() => Digit.Array[10].Sample(ten =>
        NhsNumber.TryParse(string.Concat(ten), out _) == (CheckDigit(ten[..9]) == ten[9] && ten.Distinct().Count() > 1));

    [Fact]
    public void Ten_equal_digits_never_pass()
    {
        for (var digit = '0'; digit <= '9'; digit++) Assert.False(NhsNumber.TryParse(new string(digit, 10), out _));
    }

    // The forms of outward codes as a table of what may stand at each place: 0 is a digit.
    static readonly string[][] Outward =
    [
        ["ABCDEFGHIJKLMNOPRSTUWYZ", "0"], ["ABCDEFGHIJKLMNOPRSTUWYZ", "0", "0"],
        ["ABCDEFGHIJKLMNOPRSTUWYZ", "ABCDEFGHKLMNOPQRSTUVWXY", "0"], ["ABCDEFGHIJKLMNOPRSTUWYZ", "ABCDEFGHKLMNOPQRSTUVWXY", "0", "0"],
        ["ABCDEFGHIJKLMNOPRSTUWYZ", "0", "ABCDEFGHJKPSTUW"], ["ABCDEFGHIJKLMNOPRSTUWYZ", "ABCDEFGHKLMNOPQRSTUVWXY", "0", "ABEHMNPRVWXY"],
    ];

    const string InwardLetters = "ABDEFGHJLNPQRSTUWXYZ";

    static Gen<char> OneOf(string letters) => Gen.Int[0, letters.Length - 1].Select(place => letters[place]);

    static readonly Gen<string> ValidPostcode =
        from form in Gen.Int[0, Outward.Length - 1]
        from letters in Gen.Int[0, int.MaxValue - 1].Array[4]
        from inward in Gen.Select(Digit, OneOf(InwardLetters), OneOf(InwardLetters), (digit, one, two) => $"{digit}{one}{two}")
        select string.Concat(Outward[form].Select((allowed, place) => allowed == "0" ? (char)('0' + letters[place] % 10) : allowed[letters[place] % allowed.Length])) + " " + inward;

    static bool IsPostcode(string typed)
    {
        var text = string.Concat(typed.Where(letter => !char.IsWhiteSpace(letter))).ToUpperInvariant();
        if (text == "GIR0AA") return true;
        if (text.Length < 5) return false;
        bool Fits(string allowed, char letter) => allowed == "0" ? letter is >= '0' and <= '9' : allowed.Contains(letter, StringComparison.Ordinal);
        var (outward, inward) = (text[..^3], text[^3..]);
        return Fits("0", inward[0]) && Fits(InwardLetters, inward[1]) && Fits(InwardLetters, inward[2])
            && Outward.Any(form => form.Length == outward.Length && form.Zip(outward).All(pair => Fits(pair.First, pair.Second)));
    }

    [Fact]
    public void Every_postcode_of_the_forms_passes_in_any_case_and_spacing_and_is_shown_in_one() => Gen.Select(ValidPostcode, Gen.Bool, Gen.Bool).Sample((right, small, tight) =>
    {
        var typed = tight ? right.Replace(" ", "", StringComparison.Ordinal) : $" {right} ";
        return Postcode.TryParse(small ? typed.ToLowerInvariant() : typed, out var postcode) && postcode.ToString() == right && postcode.Outward == right[..^4];
    });

    [Fact]
    public void One_character_changed_or_left_out_passes_only_where_the_forms_still_have_it() => Gen.Select(ValidPostcode, Gen.Int[0, 7], OneOf(Upper + "0123456789 -’é")).Sample((right, at, letter) =>
    {
        var place = at % right.Length;
        var changed = right[..place] + letter + right[(place + 1)..];
        var shorter = right.Remove(place, 1);
        return Postcode.TryParse(changed, out _) == IsPostcode(changed) && Postcode.TryParse(shorter, out _) == IsPostcode(shorter);
    });

    // Ofcom's numbering plan, as far as a fee earner meets it: mobiles, two-digit and three-digit areas, and numbers from 0300 on.
    static readonly Gen<string> BritishNumber =
        from range in OneOf("mab3")
        from rest in Digit.Array[9]
        let tail = string.Concat(rest)
        select range switch { 'm' => $"07700 900{tail[..3]}", 'a' => $"0161 496 0{tail[..3]}", 'b' => $"020 7946 0{tail[..3]}", _ => $"0330 088 7{tail[..3]}" };

    [Fact]
    public void A_British_number_passes_with_and_without_its_country_and_is_kept_in_one_form() => BritishNumber.Sample(national =>
    {
        var digits = national.Replace(" ", "", StringComparison.Ordinal);
        var kept = "+44" + digits[1..];
        return new[] { national, digits, kept, $"+44 (0){national[1..]}", $"0044 {national[1..]}", $" {national} " }
            .All(typed => PhoneNumber.TryParse(typed, out var number) && number.E164 == kept);
    });

    [Fact]
    public void A_number_with_a_digit_too_few_or_two_too_many_is_none() => BritishNumber.Sample(national =>
        !PhoneNumber.TryParse(national[..^1], out _) && !PhoneNumber.TryParse(national + "12", out _) && !PhoneNumber.TryParse(national + " ext 12", out _));

    static readonly Gen<string> Atom = OneOf("abcdefghijklmnopqrstuvwxyz0123456789_+-'").Array[1, 12].Select(letters => new string(letters));
    static readonly Gen<string> HostLabel = Gen.Select(OneOf("abcdefghijklmnopqrstuvwxyz"), OneOf("abcdefghijklmnopqrstuvwxyz0123456789").Array[1, 10], (first, rest) => first + new string(rest));

    static readonly Gen<string> ValidEmail =
        from name in Atom.Array[1, 3]
        from host in HostLabel.Array[2, 4]
        select $"{string.Join('.', name)}@{string.Join('.', host)}";

    [Fact]
    public void A_name_at_a_host_with_a_dot_is_an_email_address_and_is_kept_as_typed() => ValidEmail.Sample(typed =>
        EmailAddress.TryParse($" {typed} ", out var address) && address.ToString() == typed);

    [Fact]
    public void An_address_that_has_lost_its_at_its_dot_or_its_name_or_gained_a_second_is_none() => ValidEmail.Sample(typed =>
    {
        var (name, host) = (typed[..typed.IndexOf('@')], typed[(typed.IndexOf('@') + 1)..]);
        string[] broken = [name + host, $"{name}@{host.Replace(".", "", StringComparison.Ordinal)}", $"@{host}", $"{name}@", $"{name}@{host}.", $"{name}@@{host}", $"{name} x@{host}", $"{name}@{host},{typed}", $"Name <{typed}>", $"{typed}\n"+ "x", $"{name}@{host}\0"];
        return broken.All(text => !EmailAddress.TryParse(text, out _));
    });

    static readonly Gen<DateOnly> Day = Gen.Int[0, 365 * 400].Select(days => new DateOnly(1800, 1, 1).AddDays(days));

    [Fact]
    public void Every_day_of_the_calendar_reads_back_with_its_month_as_a_number_or_a_name() => Gen.Select(Day, Gen.Int[0, 3]).Sample((day, way) =>
    {
        var british = CultureInfo.GetCultureInfo("en-GB").DateTimeFormat;
        var month = way switch { 0 => day.Month.ToString(CultureInfo.InvariantCulture), 1 => $"{day.Month:00}", 2 => british.GetMonthName(day.Month), _ => british.GetMonthName(day.Month)[..3].ToLowerInvariant() };
        return ThreeFieldDate.TryParse($"{day.Day}", month, $"{day.Year}", out var read, out _) && read == day;
    });

    [Fact]
    public void Day_month_and_year_make_a_date_exactly_when_the_calendar_has_it() => Gen.Select(Gen.Int[0, 40], Gen.Int[0, 15], Gen.Int[1000, 2400]).Sample((day, month, year) =>
    {
        // Counted by hand: thirty days has September.
        var days = month switch { 4 or 6 or 9 or 11 => 30, 2 => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28, >= 1 and <= 12 => 31, _ => 0 };
        return ThreeFieldDate.TryParse($"{day}", $"{month}", $"{year}", out _, out _) == (day >= 1 && day <= days);
    });

    [Fact]
    public void A_birth_is_believed_for_a_hundred_and_twenty_years_and_makes_a_child_for_eighteen() => Gen.Select(Day, Gen.Int[-400, 365 * 130]).Sample((born, days) =>
    {
        var today = born.AddDays(days);
        // Birthdays counted one by one; one on 29 February is kept on 1 March in a common year.
        var age = 0;
        DateOnly Birthday(int year) => born is { Month: 2, Day: 29 } && !DateTime.IsLeapYear(year) ? new DateOnly(year, 3, 1) : new DateOnly(year, born.Month, born.Day);
        while (Birthday(born.Year + age + 1) <= today) age++;
        var believed = born < today && age <= 120;
        return (BirthDate.ProblemWith(born, today) is null) == believed && (born >= today || BirthDate.IsChildOn(born, today) == age < 18);
    });

    [Fact]
    public void Any_text_of_a_line_is_a_name_up_to_a_hundred_characters()
    {
        // Letters of several scripts, marks that combine, signs in names, and characters beyond the first plane.
        var letter = Gen.OneOf(OneOf("abcXYZ éßøŁñ’'-. "), OneOf("阮李あ가אبअ"), Gen.Const('\u0301')).Select(one => one.ToString());
        Gen.Select(letter, Gen.Const("𐍈"), Gen.Bool, (one, far, isFar) => isFar ? far : one).Array[1, 130].Sample(letters =>
        {
            var typed = "x" + string.Concat(letters);
            var name = typed.Trim().Normalize();
            var characters = name.Count(one => !char.IsLowSurrogate(one));
            return PersonName.Read(typed) == (characters <= 100 ? name : null);
        });
    }

    [Fact]
    public void A_line_break_or_a_control_character_anywhere_is_no_name() => Gen.Select(Gen.Int[0, 5], OneOf("\0\n\r\u0007\u001B\u0085\u2028\u2029")).Sample((place, letter) =>
        PersonName.Read("Niamh".Insert(place, letter.ToString()) + "x") is null || place == 0 && char.IsWhiteSpace(letter));

    [Fact]
    public void Practice_and_registration_codes_are_letters_and_digits_in_their_number()
    {
        Gen.Select(OneOf(Upper), Digit.Array[0, 8], Gen.Bool).Sample((letter, digits, small) =>
        {
            var typed = letter + string.Concat(digits);
            return ProfessionalNumbers.GpPractice(small ? typed.ToLowerInvariant() : typed) == (digits.Length == 5 ? typed : null);
        });
        Gen.Select(OneOf(Upper).Array[0, 4], Digit.Array[0, 8]).Sample((letters, digits) =>
        {
            var typed = new string(letters) + string.Concat(digits);
            return ProfessionalNumbers.Hcpc(typed) == (letters.Length == 2 && digits.Length is >= 1 and <= 6 ? typed : null)
                && ProfessionalNumbers.Gmc(typed) == (letters.Length == 0 && digits.Length == 7 ? typed : null);
        });
    }

    [Fact]
    public void A_code_with_one_character_of_the_wrong_kind_is_none() => Gen.Select(Gen.Int[0, 5], Digit.Array[5]).Sample((place, digits) =>
    {
        var code = "P" + string.Concat(digits);
        var wrong = code[..place] + (place == 0 ? '8' : 'X') + code[(place + 1)..];
        return ProfessionalNumbers.GpPractice(wrong) is null && ProfessionalNumbers.GpPractice(code[..place] + "٣" + code[(place + 1)..]) is null;
    });
}
