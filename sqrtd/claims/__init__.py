"""The paper's claims, in the paper's order, then ours, each with the function that tests it."""

from sqrtd.claims.appendices_b_to_d import APPENDICES_B_TO_D
from sqrtd.claims.appendix_a import APPENDIX_A
from sqrtd.claims.oracles import ORACLES
from sqrtd.claims.section_2 import SECTION_2
from sqrtd.claims.section_3 import SECTION_3
from sqrtd.claims.section_4 import SECTION_4

CLAIMS = [*SECTION_2, *SECTION_3, *SECTION_4, *APPENDIX_A, *APPENDICES_B_TO_D, *ORACLES]
