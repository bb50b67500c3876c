"""References by key: what a method, a number or a concept rests on."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from expertsys._core.errors import unknown
from expertsys._core.works import COMPARISON, SCORES_AND_INTERVALS, SPANS


@attrs.frozen
class Reference:
    """One work that a method, a number or a concept rests on.

    Parameters
    ----------
    key : str
        Short name by which code and tables point to it, such as ``"krippendorff2011"``.
    citation : str
        Authors, year, title, place: as a reference list prints it.
    doi : str
        Without the resolver's address; empty where there is none.
    """

    key: str
    citation: str
    doi: str = ""

    def __str__(self) -> str:
        return f"{self.citation} doi:{self.doi}" if self.doi else self.citation


def _table(*rows: tuple[str, str, str]) -> dict[str, Reference]:
    return {key: Reference(key, citation, doi) for key, citation, doi in rows}


METHODS: dict[str, Reference] = _table(
    *SCORES_AND_INTERVALS,
    *COMPARISON,
    *SPANS,
    (
        "cohen1968",
        "Cohen J. Weighted kappa: nominal scale agreement with provision for scaled disagreement or partial credit. "
        "Psychol Bull 1968;70(4):213–220.",
        "10.1037/h0026256",
    ),
    (
        "conger1980",
        "Conger AJ. Integration and generalization of kappas for multiple raters. Psychol Bull 1980;88(2):322–328.",
        "10.1037/0033-2909.88.2.322",
    ),
    (
        "light1971",
        "Light RJ. Measures of response agreement for qualitative data: some generalizations and alternatives. "
        "Psychol Bull 1971;76(5):365–377.",
        "10.1037/h0031643",
    ),
    ("holsti1969", "Holsti OR. Content Analysis for the Social Sciences and Humanities. Addison-Wesley, 1969.", ""),
    (
        "bangdiwala1985",
        "Bangdiwala SI. A graphical test for observer agreement. Proceedings of the 45th International Statistical "
        "Institute Meeting, Amsterdam, 1985;1:307–308.",
        "",
    ),
    (
        "ragin2008",
        "Ragin CC. Redesigning Social Inquiry: Fuzzy Sets and Beyond. University of Chicago Press, 2008.",
        "10.7208/chicago/9780226702797.001.0001",
    ),
    (
        "schneider2012",
        "Schneider CQ, Wagemann C. Set-Theoretic Methods for the Social Sciences. Cambridge University Press, 2012.",
        "10.1017/CBO9781139004244",
    ),
    (
        "oana2024",
        "Oana IE, Schneider CQ. A Robustness Test Protocol for Applied QCA: Theory and R Software Application. Sociol "
        "Methods Res 2024;53(1):57–88.",
        "10.1177/00491241211036158",
    ),
    (
        "oana2021",
        "Oana IE, Schneider CQ, Thomann E. Qualitative Comparative Analysis Using R: A Beginner's Guide. Cambridge "
        "University Press, 2021.",
        "10.1017/9781009006781",
    ),
    (
        "schneider2010",
        "Schneider CQ, Wagemann C. Standards of good practice in Qualitative Comparative Analysis (QCA) and fuzzy "
        "sets. Comp Sociol 2010;9(3):397–418.",
        "10.1163/156913210X12493538729793",
    ),
    (
        "schneider2013remainders",
        "Schneider CQ, Wagemann C. Doing justice to logical remainders in QCA: Moving beyond the standard analysis. "
        "Polit Res Q 2013;66(1):211–220.",
        "10.1177/1065912912468269",
    ),
    (
        "schneider2013",
        "Schneider CQ, Rohlfing I. Combining QCA and process tracing in set-theoretic multi-method research. Sociol "
        "Methods Res 2013;42(4):559–597.",
        "10.1177/0049124113481341",
    ),
    (
        "garciacastro2016",
        "Garcia-Castro R, Ariño MA. A general approach to panel data set-theoretic research. Int J Adv Manag Econ "
        "2016;2:63–76.",
        "",
    ),
    (
        "braumoeller2015",
        "Braumoeller BF. Guarding against false positives in Qualitative Comparative Analysis. Polit Anal "
        "2015;23(4):471–487.",
        "10.1093/pan/mpv017",
    ),
    (
        "ragin1987",
        "Ragin CC. The Comparative Method: Moving Beyond Qualitative and Quantitative Strategies. University of "
        "California Press, 1987.",
        "",
    ),
    (
        "lipset1959",
        "Lipset SM. Some social requisites of democracy: economic development and political legitimacy. Am Polit Sci "
        "Rev 1959;53(1):69–105.",
        "10.2307/1951731",
    ),
    (
        "rihoux2009",
        "Rihoux B, De Meur G. Crisp-set Qualitative Comparative Analysis (csQCA). In: Rihoux B, Ragin CC (eds). "
        "Configurational Comparative Methods. Sage, 2009:33–68.",
        "10.4135/9781452226569",
    ),
    ("dusa2019", "Duşa A. QCA with R: A Comprehensive Resource. Springer, 2019.", "10.1007/978-3-319-75668-4"),
    (
        "krippendorff2011",
        "Krippendorff K. Computing Krippendorff's Alpha-Reliability. University of Pennsylvania, 2011.",
        "",
    ),
    (
        "krippendorff2019",
        "Krippendorff K. Content Analysis: An Introduction to Its Methodology. 4th ed. Sage, 2019.",
        "10.4135/9781071878781",
    ),
    (
        "hayes2007",
        "Hayes AF, Krippendorff K. Answering the call for a standard reliability measure for coding data. "
        "Commun Methods Meas 2007;1(1):77–89.",
        "10.1080/19312450709336664",
    ),
    (
        "cohen1960",
        "Cohen J. A coefficient of agreement for nominal scales. Educ Psychol Meas 1960;20(1):37–46.",
        "10.1177/001316446002000104",
    ),
    (
        "devries2008",
        "de Vries H, Elliott MN, Kanouse DE, Teleki SS. Using pooled kappa to summarize interrater agreement across "
        "many items. Field Methods 2008;20(3):272–282.",
        "10.1177/1525822X08317166",
    ),
    (
        "fleiss1971",
        "Fleiss JL. Measuring nominal scale agreement among many raters. Psychol Bull 1971;76(5):378–382.",
        "10.1037/h0031619",
    ),
    (
        "scott1955",
        "Scott WA. Reliability of content analysis: the case of nominal scale coding. "
        "Public Opin Q 1955;19(3):321–325.",
        "10.1086/266577",
    ),
    (
        "gwet2008",
        "Gwet KL. Computing inter-rater reliability and its variance in the presence of high agreement. "
        "Br J Math Stat Psychol 2008;61(1):29–48.",
        "10.1348/000711006X126600",
    ),
    (
        "gwet2021",
        "Gwet KL. Handbook of Inter-Rater Reliability. Vol. 1: Analysis of Categorical Ratings. 5th ed. "
        "AgreeStat Analytics, 2021.",
        "",
    ),
    (
        "zwick1988",
        "Zwick R. Another look at interrater agreement. Psychol Bull 1988;103(3):374–378.",
        "10.1037/0033-2909.103.3.374",
    ),
    (
        "brennan1981",
        "Brennan RL, Prediger DJ. Coefficient kappa: some uses, misuses, and alternatives. "
        "Educ Psychol Meas 1981;41(3):687–699.",
        "10.1177/001316448104100307",
    ),
    (
        "gwet2014",
        "Gwet KL. Handbook of Inter-Rater Reliability. 4th ed. Advanced Analytics, 2014.",
        "",
    ),
    (
        "artstein2008",
        "Artstein R, Poesio M. Inter-coder agreement for computational linguistics. "
        "Comput Linguist 2008;34(4):555–596.",
        "10.1162/coli.07-034-R2",
    ),
    (
        "jaccard1912",
        "Jaccard P. The distribution of the flora in the alpine zone. New Phytol 1912;11(2):37–50.",
        "10.1111/j.1469-8137.1912.tb05611.x",
    ),
    (
        "passonneau2006",
        "Passonneau RJ. Measuring agreement on set-valued items (MASI) for semantic and pragmatic annotation. "
        "Proc LREC 2006:831–836.",
        "",
    ),
    (
        "bloch1989",
        "Bloch DA, Kraemer HC. 2 × 2 kappa coefficients: measures of agreement or association. "
        "Biometrics 1989;45(1):269–287.",
        "10.2307/2532052",
    ),
    (
        "cantor1996",
        "Cantor AB. Sample-size calculations for Cohen's kappa. Psychol Methods 1996;1(2):150–153.",
        "10.1037/1082-989X.1.2.150",
    ),
    (
        "donner1992",
        "Donner A, Eliasziw M. A goodness-of-fit approach to inference procedures for the kappa statistic: confidence "
        "interval construction, significance-testing and sample size estimation. Stat Med 1992;11(11):1511–1519.",
        "10.1002/sim.4780111109",
    ),
    (
        "bonett2002",
        "Bonett DG. Sample size requirements for estimating intraclass correlations with desired precision. "
        "Stat Med 2002;21(9):1331–1335.",
        "10.1002/sim.1108",
    ),
    (
        "walter1998",
        "Walter SD, Eliasziw M, Donner A. Sample size and optimal designs for reliability studies. "
        "Stat Med 1998;17(1):101–110.",
        "10.1002/(SICI)1097-0258(19980115)17:1<101::AID-SIM727>3.0.CO;2-E",
    ),
    (
        "zou2012",
        "Zou GY. Sample size formulas for estimating intraclass correlation coefficients with precision and assurance. "
        "Stat Med 2012;31(29):3972–3981.",
        "10.1002/sim.5466",
    ),
    ("cochran1977", "Cochran WG. Sampling Techniques. 3rd ed. Wiley, 1977.", ""),
    (
        "wong2021",
        "Wong K, Paritosh P, Aroyo L. Cross-replication reliability: an empirical approach to interpreting inter-rater "
        "reliability. Proc ACL-IJCNLP 2021:7053–7065.",
        "10.18653/v1/2021.acl-long.548",
    ),
    (
        "calderon2025",
        "Calderon N, Reichart R, Dror R. The alternative annotator test for LLM-as-a-judge: how to statistically "
        "justify replacing human annotators with LLMs. Proc ACL 2025:16051–16081.",
        "10.18653/v1/2025.acl-long.782",
    ),
    (
        "benjamini2001",
        "Benjamini Y, Yekutieli D. The control of the false discovery rate in multiple testing under dependency. "
        "Ann Stat 2001;29(4):1165–1188.",
        "10.1214/aos/1013699998",
    ),
    (
        "efron1993",
        "Efron B, Tibshirani RJ. An Introduction to the Bootstrap. Chapman & Hall, 1993.",
        "10.1201/9780429246593",
    ),
    (
        "chao2013",
        "Chao A, Wang YT, Jost L. Entropy and the species accumulation curve: a novel entropy estimator via discovery "
        "rates of new species. Methods Ecol Evol 2013;4(11):1091–1100.",
        "10.1111/2041-210X.12108",
    ),
    (
        "feinstein1990",
        "Feinstein AR, Cicchetti DV. High agreement but low kappa: I. The problems of two paradoxes. "
        "J Clin Epidemiol 1990;43(6):543–549.",
        "10.1016/0895-4356(90)90158-L",
    ),
    (
        "gale2013",
        "Gale NK, Heath G, Cameron E, Rashid S, Redwood S. Using the framework method for the analysis of "
        "qualitative data in multi-disciplinary health research. BMC Med Res Methodol 2013;13:117.",
        "10.1186/1471-2288-13-117",
    ),
    (
        "oconnor2020",
        "O'Connor C, Joffe H. Intercoder reliability in qualitative research: debates and practical guidelines. "
        "Int J Qual Methods 2020;19:1–13.",
        "10.1177/1609406919899220",
    ),
    (
        "spitzer1974",
        "Spitzer RL, Fleiss JL. A re-analysis of the reliability of psychiatric diagnosis. "
        "Br J Psychiatry 1974;125(4):341–347.",
        "10.1192/bjp.125.4.341",
    ),
    (
        "cicchetti1990",
        "Cicchetti DV, Feinstein AR. High agreement but low kappa: II. Resolving the paradoxes. "
        "J Clin Epidemiol 1990;43(6):551–558.",
        "10.1016/0895-4356(90)90159-M",
    ),
    (
        "fleiss2003",
        "Fleiss JL, Levin B, Paik MC. Statistical Methods for Rates and Proportions. 3rd ed. Wiley, 2003.",
        "10.1002/0471445428",
    ),
    (
        "phipson2010",
        "Phipson B, Smyth GK. Permutation p-values should never be zero: calculating exact p-values when permutations "
        "are randomly drawn. Stat Appl Genet Mol Biol 2010;9(1):39.",
        "10.2202/1544-6115.1585",
    ),
    (
        "wilson1927",
        "Wilson EB. Probable inference, the law of succession, and statistical inference. J Am Stat Assoc "
        "1927;22(158):209–212.",
        "10.1080/01621459.1927.10502953",
    ),
    (
        "brown2001",
        "Brown LD, Cai TT, DasGupta A. Interval estimation for a binomial proportion. Stat Sci 2001;16(2):101–133.",
        "10.1214/ss/1009213286",
    ),
    (
        "zou2007",
        "Zou GY. Toward using confidence intervals to compare correlations. Psychol Methods 2007;12(4):399–413.",
        "10.1037/1082-989X.12.4.399",
    ),
    (
        "korn1998",
        "Korn EL, Graubard BI. Confidence intervals for proportions with small expected number of positive counts "
        "estimated from survey data. Surv Methodol 1998;24(2):193–201.",
        "",
    ),
    (
        "hesterberg2015",
        "Hesterberg TC. What teachers should know about the bootstrap: resampling in the undergraduate statistics "
        "curriculum. Am Stat 2015;69(4):371–386.",
        "10.1080/00031305.2015.1089789",
    ),
    (
        "kott2001",
        "Kott PS. The delete-a-group jackknife. J Off Stat 2001;17(4):521–526.",
        "",
    ),
    (
        "chung2013",
        "Chung E, Romano JP. Exact and asymptotically robust permutation tests. Ann Stat 2013;41(2):484–507.",
        "10.1214/13-AOS1090",
    ),
    (
        "welch1951",
        "Welch BL. On the comparison of several mean values: an alternative approach. Biometrika 1951;38(3/4):330–336.",
        "10.1093/biomet/38.3-4.330",
    ),
)

FRAMEWORK: dict[str, Reference] = _table(
    (
        "greenhalgh2014hsdr",
        "Greenhalgh T, Swinglehurst D, Stones R. Rethinking resistance to 'big IT': a sociological study of why and "
        "when healthcare staff do not use nationally mandated information and communication technologies. "
        "Health Serv Deliv Res 2014;2(39).",
        "10.3310/hsdr02390",
    ),
    (
        "greenhalgh2014cab",
        "Greenhalgh T, Stones R, Swinglehurst D. Choose and Book: a sociological analysis of 'resistance' to an "
        "expert system. Soc Sci Med 2014;104:210–219.",
        "10.1016/j.socscimed.2013.12.014",
    ),
    (
        "swinglehurst2012",
        "Swinglehurst D, Greenhalgh T, Roberts C. Computer templates in chronic disease management: ethnographic "
        "case study in general practice. BMJ Open 2012;2:e001754.",
        "10.1136/bmjopen-2012-001754",
    ),
    (
        "greenhalgh2010scr",
        "Greenhalgh T, Stramer K, Bratan T, Byrne E, Russell J, Potts HWW. Adoption and non-adoption of a shared "
        "electronic summary record in England: a mixed-method case study. BMJ 2010;340:c3111.",
        "10.1136/bmj.c3111",
    ),
    (
        "greenhalgh2010sst",
        "Greenhalgh T, Stones R. Theorising big IT programmes in healthcare: strong structuration theory meets "
        "actor-network theory. Soc Sci Med 2010;70(9):1285–1294.",
        "10.1016/j.socscimed.2009.12.034",
    ),
    ("giddens1984", "Giddens A. The Constitution of Society. Polity, 1984.", ""),
    ("giddens1990", "Giddens A. The Consequences of Modernity. Polity, 1990.", ""),
    ("ehi2006", "E-Health Insider (digitalhealth.net). One millionth Choose and Book referral. 20 October 2006.", ""),
    ("ehi2007a", "E-Health Insider (digitalhealth.net). Missed 90 % Choose and Book target remains. April 2007.", ""),
    ("ehi2007b", "E-Health Insider (digitalhealth.net). Slow progress of Choose and Book. July 2007.", ""),
    (
        "hsj2014",
        "Swinglehurst D, Greenhalgh T, Stones R. On the cost and the end of Choose and Book. "
        "Health Service Journal, 2014.",
        "",
    ),
    (
        "parliament2014",
        "House of Commons. Written answer on patient choice schemes, question 207281. 5 September 2014.",
        "",
    ),
    (
        "pulse2013",
        "Pulse (pulsetoday.co.uk). NHS England on the e-Referral Service that follows Choose and Book. 2013.",
        "",
    ),
    ("latour1987", "Latour B. Science in Action. Harvard University Press, 1987.", ""),
    (
        "bowkerstar1999",
        "Bowker GC, Star SL. Sorting Things Out: Classification and Its Consequences. MIT Press, 1999.",
        "",
    ),
    ("stones2005", "Stones R. Structuration Theory. Palgrave Macmillan, 2005.", ""),
)

ALL: dict[str, Reference] = {**METHODS, **FRAMEWORK}


def reference(key: str) -> Reference:
    """The reference behind a key; an unknown key is an error that names the nearest one."""
    try:
        return ALL[key]
    except KeyError:
        raise unknown("reference", key, list(ALL)) from None


def cite(keys: Iterable[str]) -> tuple[str, ...]:
    """Citations for keys, in the order given, each once."""
    return tuple(str(reference(key)) for key in dict.fromkeys(keys))
