"""DNA letters to numbers; the twin of SeqStream.FrontEnds.Dna.NucleotideCode."""
import torch

CODE = {"A": "A", "C": "C", "G": "G", "T": "T", "U": "T", "R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC",
        "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT", "-": "ACGT", ".": "ACGT"}
SHARES = {letter: [1 / len(code) if c in code else 0.0 for c in "ACGT"] for letter, code in CODE.items()}

# Made up for the golden files: letters of ambiguity, gaps, RNA, either case.
GOLDEN = ["ATGGCGTTCAAGGTGAGTACCTTGCATGCATTTTCTTTCTGCAGGTACGGATTACCATAA", "acguNNNNryswkmbdhvn--ac.gt", "G",
          "TTTTTTTTTTCCTTTTCTTTTTCAGGATGCTGACCAAGGAGCTGAAGGTAAGTATTTGCACCACACAGTTTAAAGCATTAGCTAGCTTTTACAAATTGGC"]


def shares(letters):
    """Shares of A, C, G and T [letter, 4]."""
    return torch.tensor([SHARES[letter] for letter in letters.upper()])
