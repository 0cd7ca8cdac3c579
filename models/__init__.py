"""Pure models: arrays in, arrays out."""
