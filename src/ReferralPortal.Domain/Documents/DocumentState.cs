using ReferralPortal.Domain.Referrals;

namespace ReferralPortal.Domain.Documents;

/// <summary>How far a document is. Only an available one can be opened.</summary>
public enum DocumentState
{
    /// <summary>Not all of its bytes have arrived.</summary>
    Uploading,
    /// <summary>Being checked, or waiting for it.</summary>
    Pending,
    /// <summary>Checked, and clean.</summary>
    Available,
    /// <summary>The virus scanner found something; its bytes are deleted.</summary>
    ThreatFound,
    /// <summary>It is no file that the portal takes; its bytes are deleted.</summary>
    Failed,
    /// <summary>Taken away by whoever added it, or left unfinished; its bytes are deleted.</summary>
    Removed,
}

/// <summary>The formats that the portal takes, told by content and never by name.</summary>
#pragma warning disable CS1591 // the names are the formats
public enum FileFormat { Pdf, Docx, Jpeg, Png, Heic, Tiff, Msg, Eml }
#pragma warning restore CS1591

/// <summary>Why a file is not taken.</summary>
public enum FileFault
{
    /// <summary>Of no kind that the portal knows.</summary>
    NotTaken,
    /// <summary>A program or a script.</summary>
    Program,
    /// <summary>A web page, or a drawing that can hold a script (HTML, SVG, XML, a saved page).</summary>
    WebPage,
    /// <summary>A document with macros, or with programs embedded in it.</summary>
    Macros,
    /// <summary>An archive of other files.</summary>
    Archive,
    /// <summary>A spreadsheet, a presentation, an older Word format or rich text.</summary>
    OtherDocument,
    /// <summary>An image in a format that is not taken.</summary>
    OtherImage,
    /// <summary>Nobody can read it without a password, the scanner neither.</summary>
    Password,
    /// <summary>Cut off, or not readable.</summary>
    Damaged,
    /// <summary>It would unpack to far more than it seems.</summary>
    TooMuchInside,
    /// <summary>More than one file in one.</summary>
    TwoInOne,
    /// <summary>The scanner could not look at all of it.</summary>
    NotScannable,
}

/// <summary>What documents and their states are called.</summary>
public static class DocumentWords
{
    /// <summary>The state as a person reads it.</summary>
    public static string Of(DocumentState state) => state switch
    {
        DocumentState.Uploading => "Upload not finished",
        DocumentState.Pending => "Being checked for viruses",
        DocumentState.Available => "Available",
        DocumentState.ThreatFound => "Threat found",
        DocumentState.Failed => "Not accepted",
        _ => "Removed",
    };

    /// <summary>Why a file is not taken, and what to do.</summary>
    public static string Of(FileFault fault) => fault switch
    {
        FileFault.Program => "This is a program or a script, whatever its name says. It was deleted.",
        FileFault.WebPage => "This is a web page or a drawing that can hold a script. Print it to PDF and add that.",
        FileFault.Macros => "This document holds macros or embedded programs. Save it as PDF, or as a Word document without them, and add that.",
        FileFault.Archive => "This is an archive. Unpack it and add the files that are in it.",
        FileFault.OtherDocument => "Documents of this kind are not taken. Save it as PDF or as a Word document (DOCX) and add that.",
        FileFault.OtherImage => "Images of this kind are not taken. Save it as JPEG, PNG, HEIC or TIFF and add that.",
        FileFault.Password => "This file is locked with a password, so it cannot be checked. Save it without the password and add that.",
        FileFault.Damaged => "This file is damaged or cut off. Open it on your computer to see whether it is whole, then add it again.",
        FileFault.TooMuchInside => "This file would unpack to far more than it seems, so it was not opened. Save it as PDF and add that.",
        FileFault.TwoInOne => "This file holds a second file behind the first. Save it again from the program that made it, and add that.",
        FileFault.NotScannable => "The virus checker could not look at all of this file. Save it as PDF and add that, or ring the clinic.",
        _ => "Files of this kind are not taken. Add a PDF, a Word document (DOCX), an image (JPEG, PNG, HEIC, TIFF) or an e-mail (MSG, EML).",
    };

    /// <summary>What a kind of document is called.</summary>
    public static string Of(DocumentKind kind) => kind switch
    {
        DocumentKind.LetterOfInstruction => "Letter of instruction",
        DocumentKind.MedicalReport => "Medical report",
        DocumentKind.GpRecords => "GP records",
        DocumentKind.ConsentForm => "Consent form",
        DocumentKind.ImagingReport => "Imaging report",
        _ => "Other",
    };

    /// <summary>A format's name.</summary>
    public static string Of(FileFormat format) => format switch
    {
        FileFormat.Docx => "Word document",
        FileFormat.Msg or FileFormat.Eml => "E-mail",
        _ => format.ToString().ToUpperInvariant(),
    };
}
