using ReferralPortal.Domain.Notifications;
using ReferralPortal.Domain.Referrals;
using ReferralPortal.Testing;
using ReferralPortal.Web.Features.Notifications;
using ReferralPortal.Web.Features.Triage;
using ReferralPortal.Web.Platform.Mail;
using ReferralPortal.Web.Tests.Features.Referrals;
using ReferralPortal.Web.Tests.Features.Triaging;
using static ReferralPortal.Web.Tests.Features.Notifications.NotificationWorld;
using static ReferralPortal.Web.Tests.Features.Referrals.People;

namespace ReferralPortal.Web.Tests.Features.Notifications;

/// <summary>What stands in a mail, as a real server receives it, and above all what does not.</summary>
public sealed class MailWordsTests(PortalTestDatabase database, TestMailServer mail) : IClassFixture<PortalTestDatabase>, IClassFixture<TestMailServer>
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_mail_of_any_kind_holds_a_name_a_diagnosis_a_claim_or_anything_that_somebody_typed()
    {
        var referral = await database.AddReferral(state: ReferralState.Accepted, givenName: "Zebedee", familyName: "Quagmire-Þornton");
        await database.Happens(Triage, new ReferralAccepted(referral.Id), referral.Id);
        await database.Announce();
        // One row of every template, sent to the solicitor or to the patient.
        await database.Run("""
            update patient set preferred_contact = 'email', email = 'zq@example.org' where id = @Id;
            update appointment set state = 'booked', attendance_code = null, series_id = @Id, starts_at = '2031-03-04 10:30+00', ends_at = '2031-03-04 11:30+00' where referral_id = @Id;
            insert into mail_message (id, outbox_message_id, recipient, template, referral_id, organisation_id, person_id, appointment_id, appointment_at)
            select gen_random_uuid(), 0, sample, sample, @Id, case when sample not like 'patient%' then m.organisation_id end, case when sample not like 'patient%' then m.person_id end,
                   case when sample like 'patient%' then a.id end, a.starts_at
            from unnest(@templates) sample, mail_message m, appointment a
            where m.referral_id = @Id and a.referral_id = @Id
            """, new { referral.Id, templates = Enum.GetValues<MailTemplate>().Where(template => template is not (MailTemplate.PatientCancelled or MailTemplate.PatientQuestionnaire or MailTemplate.PatientQuestionnaireReminder or MailTemplate.InvoiceReady or MailTemplate.CreditNoteReady)).Select(template => Domain.EnumText.Of(template)).ToArray() });
        await database.Desk(InAMinute, new SmtpSender(), mail.Server.Port).RunDue(Ct);
        await database.Run("update appointment set state = 'cancelled', attendance_code = '2' where referral_id = @Id", new { referral.Id });
        await database.Run("update mail_message set state = 'queued', next_attempt_at = now(), template = 'patient_cancelled', id = gen_random_uuid() where referral_id = @Id and template = 'patient_booked'", new { referral.Id });
        await database.Desk(InAMinute, new SmtpSender(), mail.Server.Port).RunDue(Ct);

        var received = await mail.Server.Received(Ct);
        Assert.Equal(Enum.GetValues<MailTemplate>().Length - 3, received.Count); // those of questionnaires and of invoices have their own tests
        var condition = await database.Ask<string>("select c.name from referral r join condition c on c.slug = r.condition_slug where r.id = @Id", new { referral.Id });
        var goal = await database.Ask<string>("select words from goal where referral_id = @Id", new { referral.Id });
        string[] never = ["Zebedee", "Quagmire", "ornton", "1985", "9434765919", "943 476", "Mill Lane", condition!, "spasm", "shoulder", "sarcoidosis", ReferralWorld.Symptoms, ReferralWorld.Question, goal!, "CLAIM", "OUR-77", "Hit from behind", "Ribble", "Okafor", "injury", "claim"];
        foreach (var one in received)
        {
            foreach (var word in never) Assert.DoesNotContain(word, one.Everything, StringComparison.OrdinalIgnoreCase);
            Assert.Equal("auto-generated", one.Headers["auto-submitted"].GetString());
            Assert.Equal("portal@clinic.example", MimeKit.MailboxAddress.Parse(one.Headers["from"].GetString()!).Address);
            Assert.DoesNotContain("<img", one.Html);

            var toPatient = one.To.Single().Address == "zq@example.org";
            foreach (var form in (string[])[one.Text, one.Html])
            {
                Assert.Equal(toPatient, !form.Contains(referral.Reference, StringComparison.Ordinal));
                Assert.Equal(toPatient, !form.Contains("https://portal.clinic.example/", StringComparison.Ordinal));
                if (!toPatient) continue;
                Assert.Contains("4 Mar 2031 at 10:30", form);
                foreach (var word in (string[])["Northgate", "solicitor", "referral", "portal", "insur", referral.Id.ToString("N")]) Assert.DoesNotContain(word, form, StringComparison.OrdinalIgnoreCase);
            }
            if (!toPatient) Assert.StartsWith(referral.Reference + ": ", one.Subject);
        }
        Assert.Equal(5, received.Count(one => one.To.Single().Address == "zq@example.org"));
        Assert.DoesNotContain(referral.Id.ToString("N"), string.Join('\n', received.Where(one => one.To.Single().Address == "zq@example.org").Select(one => one.Everything)));
    }

    [Fact]
    public void A_link_leads_to_the_page_where_the_reader_goes_on()
    {
        var (portal, group) = (new Uri("https://portal.clinic.example"), new Sender("Physio.co.uk", "0330 088 7800", "office@physio.co.uk"));
        string Link(MailTemplate template) => MailTemplates.Portal(template, "R-7K3M-92QX", portal, group).Pieces.First(piece => piece.Link is not null).Link!.AbsoluteUri;
        Assert.Equal("https://portal.clinic.example/referrals/R-7K3M-92QX", Link(MailTemplate.Accepted));
        Assert.Equal("https://portal.clinic.example/referrals/R-7K3M-92QX?tab=progress", Link(MailTemplate.ReportSigned));
        Assert.Equal("https://portal.clinic.example/triage/R-7K3M-92QX", Link(MailTemplate.UrgentAlert));
    }

    [Fact]
    public void What_stands_in_a_mail_is_words_and_never_markup()
    {
        var place = new Place("Bury <b>& Rochdale</b>", "1 \"High\" Street", "BL9 0AA", "+441614960000");
        var written = MailTemplates.Patient(MailTemplate.PatientBooked, [DateTimeOffset.UtcNow], place, new Sender("Physio.co.uk", "0330 088 7800", ""));
        Assert.Contains("Bury &lt;b&gt;&amp; Rochdale", written.Html);
        Assert.Contains("Bury <b>& Rochdale", written.Text);
        Assert.Contains("Telephone: 0161 496 0000", written.Text);
    }

    [Theory]
    [InlineData("Mail:Tls", "perhaps", "Mail:Tls")]
    [InlineData("Mail:From", "nobody", "Mail:From")]
    [InlineData("PublicAddress", "portal", "PublicAddress")]
    [InlineData("Mail:Host", "", "Mail:Host")]
    public void A_setting_that_makes_no_sense_is_named(string key, string value, string named)
    {
        var settings = Settings();
        settings[key] = value;
        Assert.Null(MailOptions.Read(settings, out var missing));
        Assert.Equal(named, missing);
    }
}
