"""Where the data comes from: files of either side, in every form that people export, as frames of canonical text."""
