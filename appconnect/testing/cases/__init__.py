"""The cases of the contract, by what they are about; `appconnect.testing.contract` puts them together."""
