"""``python -m p2c_recon`` is ``p2c-recon``."""

from p2c_recon.cli import main

if __name__ == "__main__":
    main(prog_name="p2c-recon")
