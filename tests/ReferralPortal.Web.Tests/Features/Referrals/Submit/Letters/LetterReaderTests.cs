using ReferralPortal.Web.Features.Referrals.Submit.Letters;

namespace ReferralPortal.Web.Tests.Features.Referrals.Submit.Letters;

/// <summary>What the reader must never mix up, one rule a test.</summary>
public sealed class LetterReaderTests
{
    const string Head = "Calder Vale Law\nTel 01632 960001\n3 November 2026\n\nDear Sirs\n\n";

    [Theory]
    [InlineData("12/03/1984")]
    [InlineData("12.3.84")]
    [InlineData("12-03-84")]
    [InlineData("12 / 03 / 1984")]
    [InlineData("12 March 1984")]
    [InlineData("12th March 1984")]
    [InlineData("12th of March, 1984")]
    [InlineData("the 12th day of March 1984")]
    [InlineData("12-Mar-84")]
    [InlineData("March 12, 1984")]
    [InlineData("1984-03-12")]
    public void A_date_of_birth_is_read_in_every_form(string written) =>
        Assert.Equal("1984-03-12", Value($"{Head}Re: Mr Sam Berry\nDate of birth: {written.Replace("the ", "")}\n", LetterField.DateOfBirth));

    [Theory]
    [InlineData("Re: Mr Sam Berry, dob 4/5/31", "1931-05-04")]
    [InlineData("Re: Mr Sam Berry, dob 4/5/08", "2008-05-04")]
    [InlineData("Re: Sam Berry (a child, by his mother and litigation friend Mrs Ann Berry), dob 4/5/19", "2019-05-04")]
    public void A_year_of_two_digits_falls_into_the_likely_century(string line, string born) => Assert.Equal(born, Value($"{Head}{line}\n", LetterField.DateOfBirth));

    [Fact]
    public void A_century_that_had_to_be_guessed_is_not_sure() =>
        Assert.Equal(Certainty.Unsure, Find($"{Head}Re: Mr Sam Berry, dob 4/5/19\n", LetterField.DateOfBirth).Single().Certainty);

    [Fact]
    public void The_letters_own_date_and_the_date_of_knowledge_are_no_date_of_birth_and_no_incident()
    {
        var text = Head + "Our client: Ms Una Dale\nDate of knowledge: 5 May 2026\n\nHer date of knowledge is 6 June 2026. She has been employed since 1 March 2019.\n\nYours faithfully";
        Assert.Empty(Find(text, LetterField.DateOfBirth));
        Assert.Empty(Find(text, LetterField.IncidentDate));
    }

    [Fact]
    public void The_writers_own_telephone_address_and_mail_are_not_the_patients()
    {
        var text = "Calder Vale Law\n1 High Street, Todmorden OL14 9ZZ\nTel 01632 960001\npost@calder-vale.example\n\nDear Sirs\n\nWe act for Mr Sam Berry. Please call me on 01632 960002 or write to sam@calder-vale.example.\n\nYours faithfully\n\nAnn Lee\nDirect dial 01632 960003\nMobile 07700 900003";
        foreach (var field in new[] { LetterField.Phone, LetterField.Address, LetterField.Postcode, LetterField.Email }) Assert.Empty(Find(text, field));
    }

    [Fact]
    public void Your_reference_is_not_ours() => Assert.Empty(Find(Head + "Your ref: CLINIC/77\n\nRe: Mr Sam Berry\n", LetterField.OurReference));

    [Theory]
    [InlineData("There was no injury to the neck, back or left shoulder.")]
    [InlineData("He hurt himself, but not the left shoulder.")]
    [InlineData("The left shoulder and the neck are normal and not painful.")]
    [InlineData("He denies pain in the left shoulder.")]
    [InlineData("He injured his left shoulder in a previous accident in 2012.")]
    [InlineData("The pain keeps him from getting back to work; on the other hand he sleeps.")]
    [InlineData("The driver, Mr Dean Colley, sustained a broken left wrist.")]
    public void What_is_not_hurt_or_not_the_patients_is_left_out(string sentence) => Assert.Empty(Find($"{Head}Re: Mr Sam Berry\n\n{sentence}\n", LetterField.Region));

    [Theory]
    [InlineData("He injured his left knee.", "knee:left")]
    [InlineData("He has pain in both knees.", "knee:both")]
    [InlineData("Fracture of the wrist (right).", "wrist:right")]
    [InlineData("He has a sore lower back.", "lumbar_spine")]
    [InlineData("No fracture was seen, but he has a sprain of the right ankle.", "ankle:right")]
    [InlineData("His left shoulder and elbow are stiff.", "shoulder:left elbow:left")]
    [InlineData("His neck has not recovered and is painful.", "neck")]
    public void An_injured_part_comes_with_its_side(string sentence, string regions) =>
        Assert.Equal(regions.Split(' ').Order(), Find($"{Head}Re: Mr Sam Berry\n\n{sentence}\n", LetterField.Region).Select(found => found.Value).Order());

    [Fact]
    public void A_part_without_its_side_is_said_and_not_guessed()
    {
        var findings = LetterFixture.Read($"{Head}Re: Mr Sam Berry\n\nHe injured his knee.\n");
        Assert.DoesNotContain(findings.Values, found => found.Field == LetterField.Region);
        Assert.Contains(findings.Notes, note => note.Contains("which side: knee"));
    }

    [Fact]
    public void A_National_Insurance_number_is_seen_and_goes_nowhere()
    {
        var findings = LetterFixture.Read($"{Head}Re: Mr Sam Berry\nNI number: QQ 12 34 56 C\nOur ref: A/1\n");
        Assert.DoesNotContain(findings.Values, found => found.Value.Contains("QQ", StringComparison.Ordinal));
        Assert.Contains(findings.Notes, note => note.Contains("National Insurance"));
    }

    [Fact]
    public void An_NHS_number_must_stand_its_check_digit()
    {
        Assert.Equal("9990364265", Value($"{Head}Re: Mr Sam Berry\nNHS no: 999 036 4265\n", LetterField.NhsNumber));
        var wrong = LetterFixture.Read($"{Head}Re: Mr Sam Berry\nNHS no: 999 036 4266\n");
        Assert.DoesNotContain(wrong.Values, found => found.Field is LetterField.NhsNumber or LetterField.Phone);
        Assert.Contains(wrong.Notes, note => note.Contains("check digit"));
    }

    [Fact]
    public void Safety_is_hinted_at_whatever_the_letter_says_and_never_answered()
    {
        var findings = LetterFixture.Read($"{Head}Re: Mr Sam Berry\n\nThere was no loss of consciousness. He has no trouble with his bladder. He has thoughts of suicide.\n");
        Assert.Equal(["cauda_equina", "head_injury", "suicidal_thoughts"], findings.SafetyHints.Select(hint => hint.Question).Order());
        Assert.Equal("He has thoughts of suicide.", findings.SafetyHints.Single(hint => hint.Question == "suicidal_thoughts").Source);
        Assert.All(Enum.GetValues<LetterField>(), field => Assert.NotEqual(ReferralPortal.Web.Features.Referrals.Submit.FormSection.Safety, LetterAnswers.PartOf(field)));
    }

    [Fact]
    public void The_other_sides_insurer_has_not_promised_to_pay()
    {
        var text = Head + "Re: Mr Sam Berry\n\nThe third party's insurers are Ribble Insurance, whose reference is RI/1.\n";
        Assert.Empty(Find(text, LetterField.Payer));
        Assert.Equal("Ribble Insurance", Value(text, LetterField.OtherInsurer));
        Assert.NotEmpty(Find(Head + "Re: Mr Sam Berry\n\nRibble Insurance will fund six sessions.\n", LetterField.Payer));
    }

    [Theory]
    [InlineData("Liability is admitted.", "admitted")]
    [InlineData("Liability has been admitted in part.", "part")]
    [InlineData("They deny liability.", "denied")]
    [InlineData("Liability is not in dispute.", "admitted")]
    [InlineData("Liability is in dispute.", "denied")]
    [InlineData("We await their position on liability.", "not_known")]
    public void Liability_is_read_as_it_is_meant(string sentence, string position) => Assert.Equal(position, Value($"{Head}Re: Mr Sam Berry\n\n{sentence}\n", LetterField.Liability));

    [Theory]
    [InlineData("Re: Mr Sam Berry v Acme Ltd", "Sam", "Berry")]
    [InlineData("RE: MRS ANN MCKAY-O'NEILL", "Ann", "McKay-O'Neill")]
    [InlineData("Our client: Ms Q", "", "Q")]
    [InlineData("Patient: VAN DER BERG, Pieter", "Pieter", "Van Der Berg")]
    [InlineData("Claimant: Ffion Mair ferch Ifan", "Ffion Mair", "ferch Ifan")]
    [InlineData("Client: Мария Петрова", "Мария", "Петрова")]
    [InlineData("Client: محمد الأحمد", "محمد", "الأحمد")]
    public void A_name_is_read_in_any_style_and_script(string line, string given, string family)
    {
        var text = $"{Head}{line}\n";
        Assert.Equal(given, Find(text, LetterField.GivenName).FirstOrDefault()?.Value ?? "");
        Assert.Equal(family, Value(text, LetterField.FamilyName));
    }

    [Fact]
    public void Every_value_is_shown_with_words_of_the_letter_that_it_came_from()
    {
        foreach (var letter in LetterFixture.All("Development"))
            foreach (var found in letter.Read().Values)
            {
                Assert.NotEmpty(found.Source);
                var words = found.Source.Split([' ', ':', ';'], StringSplitOptions.RemoveEmptyEntries);
                Assert.All(words.Take(4), word => Assert.Contains(word.Trim('“', '”'), letter.Text.Normalize().Replace("\u2011", "-"), StringComparison.Ordinal));
            }
    }

    static string Value(string text, LetterField field) => Find(text, field).Select(found => found.Value).FirstOrDefault() ?? "nothing found";

    static IReadOnlyList<Found> Find(string text, LetterField field) => [.. LetterFixture.Read(text).Values.Where(found => found.Field == field)];
}
