using System.Diagnostics;
using CsCheck;

namespace ReferralPortal.Web.Tests.Features.Referrals.Submit.Letters;

/// <summary>Whatever the text, the reader answers, and in time.</summary>
public sealed class LetterReaderPropertyTests(ITestOutputHelper output)
{
    static readonly string[] Pieces =
    [
        "Dear Sirs\n", "Re: ", "Mr ", "DOB: ", "12/03/84", " 31 February 1999 ", "NHS no ", "999 036 4265", "Our ref: ", "\n\n", "\n", "    ", "\t", ": ", "(", ")", "“", "Address: ", "M1 1AA", "07700 900123",
        "left ", "no ", "not ", "shoulder", " and ", "pain", ".", ",", ";", "@", "a@b.example", "Yours faithfully\n", "Subject: ", "|", "\0", "\u200B", "\uD800", "\uDC00", "\u202E", "𝒜", "Ⅻ", "ﷺ", "李", "Z͑ͫ̓", "'; drop table referral; --", "<script>alert(1)</script>",
        "%s%n", "{0}", "\\", "$1", "../../etc", "NaN", "-1E+1000", "½", "١٢٣", "liability admitted", "insurers, ", "ref ", "Litigation friend: ", "o'", "-", "–", "GP: ", "the ", " Surgery", "9".PadLeft(300, '9'), "(((((((((((((((((((", "1. CLAIMANT\n", ">> ",
    ];

    [Fact]
    public void No_text_makes_the_reader_fail() =>
        Gen.OneOf(Gen.String[0, 400], Gen.Int[0, Pieces.Length - 1].Array[0, 80].Select(places => string.Concat(places.Select(place => Pieces[place]))))
            .Sample(text => { LetterFixture.Read(text); }, iter: 3_000);

    [Fact]
    public void A_letter_cut_off_anywhere_is_read_as_far_as_it_goes()
    {
        var text = LetterFixture.One("d08-intermediary").Text;
        for (var length = 0; length < text.Length; length += 7) LetterFixture.Read(text[..length]);
    }

    [Theory]
    [InlineData("the same letter again and again")]
    [InlineData("one line without an end")]
    [InlineData("brackets")]
    [InlineData("labels")]
    [InlineData("dates of birth")]
    [InlineData("regions")]
    public void Four_times_the_text_takes_about_four_times_as_long(string kind)
    {
        var piece = kind switch
        {
            "one line without an end" => "Mr Van Der Berg-Berg, 0770090012 3, of 1 Mill Lane, M1 1AA, their ref is A/1.B-2 ",
            "brackets" => "((((“(",
            "labels" => "Re: Name: Our ref: ",
            "dates of birth" => "dob: 12/03/1984\n",
            "regions" => "no pain in the left shoulder, neck and ",
            _ => LetterFixture.One("d12-upper").Text,
        };
        var most = kind is "the same letter again and again" or "one line without an end" ? 1_000_000 : 400_000;
        LetterFixture.Read(Times(piece, 20_000)); // the patterns are made on first use
        TimeSpan[] times = [Time(Times(piece, most / 4)), Time(Times(piece, most)), Time(Times(piece, most / 4))];
        output.WriteLine($"{kind}: {most / 4:N0} characters in {times[0].TotalMilliseconds:0} and {times[2].TotalMilliseconds:0} ms, {most:N0} in {times[1].TotalMilliseconds:0} ms");
        // A machine that does other work meanwhile is slow in bursts; a pattern that runs away takes sixteen times as long, or for ever.
        Assert.True(times[1] < new[] { times[0], times[2] }.Max() * 9 + TimeSpan.FromSeconds(3), string.Join(", ", times));
    }

    static string Times(string piece, int length) => string.Concat(Enumerable.Repeat(piece, length / piece.Length + 1))[..length];

    static TimeSpan Time(string text)
    {
        var start = Stopwatch.GetTimestamp();
        LetterFixture.Read(text);
        return Stopwatch.GetElapsedTime(start);
    }
}
