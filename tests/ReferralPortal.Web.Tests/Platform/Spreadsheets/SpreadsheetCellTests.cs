using CsCheck;
using ReferralPortal.Web.Platform.Spreadsheets;

namespace ReferralPortal.Web.Tests.Platform.Spreadsheets;

public sealed class SpreadsheetCellTests
{
    [Theory]
    [InlineData("=1+1")]
    [InlineData("=cmd|' /C calc'!A0")]
    [InlineData("+441614960123")]
    [InlineData("-2+3")]
    [InlineData("@SUM(1)")]
    [InlineData("\tx")]
    [InlineData("\rx")]
    [InlineData("\n=1")]
    [InlineData("  =1")]
    [InlineData("＝1+1")]
    [InlineData("＋1")]
    [InlineData("－1")]
    [InlineData("＠x")]
    public void A_cell_that_begins_like_a_formula_gets_an_apostrophe(string text)
    {
        Assert.Equal("'" + text, SpreadsheetCell.Defuse(text));
        Assert.Equal(text, SpreadsheetCell.Read("'" + text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("O’Connor")]
    [InlineData("'tHart")]
    [InlineData("12/03/1984")]
    [InlineData("a=b")]
    public void Any_other_cell_stays_as_it_is(string text)
    {
        Assert.Equal(text, SpreadsheetCell.Defuse(text));
        Assert.Equal(text, SpreadsheetCell.Read(text));
    }

    [Fact]
    public void What_is_written_comes_back_and_never_begins_like_a_formula() =>
        Gen.String[Gen.Char["'=+-@\t\r\n ＝＋－＠ax"], 0, 8].Sample(text =>
        {
            var written = SpreadsheetCell.Defuse(text);
            return SpreadsheetCell.Read(written) == text && (written.Length == 0 || !"=+-@\t\r\n＝＋－＠".Contains(written.TrimStart(' ') is [var first, ..] ? first : 'a'));
        });
}
