"""The parts of the playground: state and words, the formula's editor, controls, inputs, pictures, laboratories."""
