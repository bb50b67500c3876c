"""Works behind the comparison of cases; `expertsys._core.references` holds them with all others."""

from __future__ import annotations

#: Key, citation, DOI.
COMPARISON: tuple[tuple[str, str, str], ...] = (
    (
        "agresti2013",
        "Agresti A. Categorical Data Analysis. 3rd ed. Wiley, 2013.",
        "",
    ),
    (
        "benjamini1995",
        "Benjamini Y, Hochberg Y. Controlling the false discovery rate: a practical and powerful approach to multiple "
        "testing. J R Stat Soc B 1995;57(1):289–300.",
        "10.1111/j.2517-6161.1995.tb02031.x",
    ),
    (
        "bergsma2013",
        "Bergsma W. A bias-correction for Cramér's V and Tschuprow's T. J Korean Stat Soc 2013;42(3):323–328.",
        "10.1016/j.jkss.2012.10.002",
    ),
    (
        "braycurtis1957",
        "Bray JR, Curtis JT. An ordination of the upland forest communities of southern Wisconsin. "
        "Ecol Monogr 1957;27(4):325–349.",
        "10.2307/1942268",
    ),
    (
        "demeur1994",
        "De Meur G, Berg-Schlosser D. Comparing political systems: establishing similarities and dissimilarities. "
        "Eur J Polit Res 1994;26(2):193–219.",
        "10.1111/j.1475-6765.1994.tb00440.x",
    ),
    (
        "freeman1951",
        "Freeman GH, Halton JH. Note on an exact treatment of contingency, goodness of fit and other problems of "
        "significance. Biometrika 1951;38(1/2):141–149.",
        "10.1093/biomet/38.1-2.141",
    ),
    (
        "gower1971",
        "Gower JC. A general coefficient of similarity and some of its properties. Biometrics 1971;27(4):857–871.",
        "10.2307/2528823",
    ),
    (
        "haberman1973",
        "Haberman SJ. The analysis of residuals in cross-classified tables. Biometrics 1973;29(1):205–220.",
        "10.2307/2529686",
    ),
    (
        "kuckartz2019",
        "Kuckartz U, Rädiker S. Analyzing Qualitative Data with MAXQDA. Springer, 2019.",
        "10.1007/978-3-030-15671-8",
    ),
    (
        "legendre2012",
        "Legendre P, Legendre L. Numerical Ecology. 3rd English ed. Elsevier, 2012.",
        "",
    ),
    (
        "mill1843",
        "Mill JS. A System of Logic, Ratiocinative and Inductive. 1843. Collected Works, vols 7–8. University of "
        "Toronto Press, 1974; book III, chapter 8.",
        "",
    ),
    (
        "newcombe1998",
        "Newcombe RG. Interval estimation for the difference between independent proportions: comparison of eleven "
        "methods. Stat Med 1998;17(8):873–890.",
        "10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I",
    ),
    (
        "przeworski1970",
        "Przeworski A, Teune H. The Logic of Comparative Social Inquiry. Wiley, 1970.",
        "",
    ),
    (
        "westfall1993",
        "Westfall PH, Young SS. Resampling-Based Multiple Testing. Wiley, 1993.",
        "",
    ),
    (
        "yin2018",
        "Yin RK. Case Study Research and Applications: Design and Methods. 6th ed. Sage, 2018.",
        "",
    ),
    (
        "rao1992",
        "Rao JNK, Scott AJ. A simple method for the analysis of clustered binary data. Biometrics 1992;48(2):577–585.",
        "10.2307/2532311",
    ),
    (
        "donner2000",
        "Donner A, Klar N. Design and Analysis of Cluster Randomization Trials in Health Research. Arnold, 2000.",
        "",
    ),
    (
        "wallenstein1997",
        "Wallenstein S. A non-iterative accurate asymptotic confidence interval for the difference between two "
        "proportions. Stat Med 1997;16(12):1329–1336.",
        "",
    ),
    (
        "hurlbert1971",
        "Hurlbert SH. The nonconcept of species diversity: a critique and alternative parameters. Ecology "
        "1971;52(4):577–586.",
        "10.2307/1934145",
    ),
)

SCORES_AND_INTERVALS: tuple[tuple[str, str, str], ...] = (
    (
        "shrout1979",
        "Shrout PE, Fleiss JL. Intraclass correlations: uses in assessing rater reliability. "
        "Psychol Bull 1979;86(2):420–428.",
        "10.1037/0033-2909.86.2.420",
    ),
    (
        "mcgraw1996",
        "McGraw KO, Wong SP. Forming inferences about some intraclass correlation coefficients. "
        "Psychol Methods 1996;1(1):30–46.",
        "10.1037/1082-989X.1.1.30",
    ),
    (
        "ebel1951",
        "Ebel RL. Estimation of the reliability of ratings. Psychometrika 1951;16(4):407–424.",
        "10.1007/BF02288803",
    ),
    (
        "bland1999",
        "Bland JM, Altman DG. Measuring agreement in method comparison studies. Stat Methods Med Res "
        "1999;8(2):135–160.",
        "10.1177/096228029900800204",
    ),
    (
        "bland2007",
        "Bland JM, Altman DG. Agreement between methods of measurement with multiple observations per individual. "
        "J Biopharm Stat 2007;17(4):571–582.",
        "10.1080/10543400701329422",
    ),
    (
        "searle1992",
        "Searle SR, Casella G, McCulloch CE. Variance Components. New York: Wiley, 1992.",
        "10.1002/9780470316856",
    ),
    (
        "lin1989",
        "Lin LI. A concordance correlation coefficient to evaluate reproducibility. Biometrics 1989;45(1):255–268.",
        "10.2307/2532051",
    ),
    (
        "lin2000",
        "Lin LI. A note on the concordance correlation coefficient. Biometrics 2000;56(1):324–325.",
        "10.1111/j.0006-341X.2000.00324.x",
    ),
    (
        "kendall1939",
        "Kendall MG, Babington Smith B. The problem of m rankings. Ann Math Stat 1939;10(3):275–287.",
        "10.1214/aoms/1177732186",
    ),
    (
        "gwet2016",
        "Gwet KL. Testing the difference of correlated agreement coefficients for statistical significance. "
        "Educ Psychol Meas 2016;76(4):609–637.",
        "10.1177/0013164415596420",
    ),
    (
        "gwet2008b",
        "Gwet KL. Variance estimation of nominal-scale inter-rater reliability with random selection of raters. "
        "Psychometrika 2008;73(3):407–430.",
        "10.1007/s11336-007-9054-8",
    ),
    (
        "efron1987",
        "Efron B. Better bootstrap confidence intervals. J Am Stat Assoc 1987;82(397):171–185.",
        "10.1080/01621459.1987.10478410",
    ),
    (
        "field2007",
        "Field CA, Welsh AH. Bootstrapping clustered data. J R Stat Soc Series B 2007;69(3):369–390.",
        "10.1111/j.1467-9868.2007.00593.x",
    ),
    ("cochran1977", "Cochran WG. Sampling Techniques. 3rd ed. Wiley, 1977.", ""),
    (
        "altman1991",
        "Altman DG. Practical Statistics for Medical Research. Chapman & Hall, 1991.",
        "10.1201/9780429258589",
    ),
    (
        "landis1977",
        "Landis JR, Koch GG. The measurement of observer agreement for categorical data. "
        "Biometrics 1977;33(1):159–174.",
        "10.2307/2529310",
    ),
)

#: Agreement of coders who mark their own stretches of text: key, citation, DOI.
SPANS: tuple[tuple[str, str, str], ...] = (
    (
        "krippendorff1995",
        "Krippendorff K. On the reliability of unitizing continuous data. Sociol Methodol 1995;25:47–76.",
        "10.2307/271061",
    ),
    (
        "krippendorff2004",
        "Krippendorff K. Content Analysis: An Introduction to Its Methodology. 2nd ed. Sage, 2004.",
        "",
    ),
    (
        "krippendorff2016",
        "Krippendorff K, Mathet Y, Bouvry S, Widlöcher A. On the reliability of unitizing textual continua: further "
        "developments. Qual Quant 2016;50(6):2347–2364.",
        "10.1007/s11135-015-0266-1",
    ),
    (
        "hripcsak2005",
        "Hripcsak G, Rothschild AS. Agreement, the F-measure, and reliability in information retrieval. "
        "J Am Med Inform Assoc 2005;12(3):296–298.",
        "10.1197/jamia.M1733",
    ),
    (
        "qualcoder",
        "Curtain C. QualCoder: qualitative data analysis software, 2016 onwards. https://github.com/ccbogel/QualCoder.",
        "",
    ),
)
