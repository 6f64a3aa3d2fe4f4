"""What the integration would do: where each record goes, and the row that F&O should hold. Frames in, frames out."""
