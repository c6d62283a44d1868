//! What is wrong is said before anything is made.
