//! The stand-in refuses whatever is not as the reference says.
