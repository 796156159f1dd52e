using ReferralPortal.Testing;

[assembly: AssemblyFixture(typeof(SuiteTurn))]
