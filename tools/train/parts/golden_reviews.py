"""Texts written for the golden files of models/sentiment and models/toxic."""

TEXTS = """
A warm, funny film that never puts a foot wrong.
It's not bad, but I wouldn't see it twice.
dull
The plot makes no sense , the jokes fall flat and the ending is a mess .
Loved it!!! 10/10 -- would watch again with my mum :)
Mr. Grey's "masterpiece" (2003) cost $3,000,000 and lasts 3 hours...
Das war ein schöner Abend, très joli, ¡qué bien!
Очень хороший фильм. 非常好的电影。
فيلم رائع جدا، أنصح به.
😀😀 so good 🎉 @friend #weekend http://example.org/a?b=c
don’t bother—stay home
One of the best performances of the year is wasted on a film that has nothing at all to say about anything .
supercalifragilisticexpialidocious-supercalifragilisticexpialidocious
You are a silly goose and your football team is rubbish!
Please pass the salt. Thanks, everyone!
""".strip().split("\n")
