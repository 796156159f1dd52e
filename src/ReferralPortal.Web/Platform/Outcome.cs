namespace ReferralPortal.Web.Platform;

/// <summary>What came of a command: the value when it was done, otherwise why it was not. Exceptions are for faults only.</summary>
public sealed record Outcome<T>
{
    public T? Value { get; private init; }
    public Failure? Failure { get; private init; }

    /// <summary>True when the command was carried out and is stored.</summary>
    public bool IsDone => Failure is null;

    public static implicit operator Outcome<T>(T value) => new() { Value = value };
    public static implicit operator Outcome<T>(Failure failure) => new() { Failure = failure };
}

/// <summary>Why a command was not carried out. Nothing of it was stored.</summary>
public abstract record Failure
{
    /// <summary>What was typed breaks rules: field path (such as <c>Patient.DateOfBirth</c>) to the words shown beside it.</summary>
    public sealed record Invalid(IReadOnlyDictionary<string, string> Errors) : Failure;

    /// <summary>The lifecycle or the person's standing does not allow it now. The words are for the person.</summary>
    public sealed record Refused(string Words) : Failure;

    /// <summary>Somebody else changed the same thing first.</summary>
    public sealed record Conflict(string ChangedBy, string WhatChanged, DateTimeOffset At) : Failure;

    /// <summary>There is no such thing, or not for this person: the two are told apart nowhere.</summary>
    public sealed record Missing : Failure;
}

/// <summary>Short names for the ways in which a command can fail.</summary>
public static class Outcome
{
    public static readonly Failure Missing = new Failure.Missing();
    public static Failure Invalid(IReadOnlyDictionary<string, string> errors) => new Failure.Invalid(errors);
    public static Failure Invalid(string field, string words) => new Failure.Invalid(new Dictionary<string, string> { [field] = words });
    public static Failure Refused(string words) => new Failure.Refused(words);
    public static Failure Conflict(string changedBy, string whatChanged, DateTimeOffset at) => new Failure.Conflict(changedBy, whatChanged, at);
    public static Outcome<T> Done<T>(T value) => value;
}
