//! Label sets for CTC models.
