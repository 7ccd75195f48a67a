"""Sentences written for models/ner/golden.jsonl, already split into words by blanks."""

SENTENCES = """
Harry Potter and Hermione Granger invented a new spell .
The Bank of England raised rates on Thursday , Reuters reported .
Dr. Amina Yusuf moved from Lagos to São Paulo in 1998 .
'' The Silent Harbour '' ( 2003 film )
St. Mary 's University , Halifax
Its capital is Ulan Bator .
In 1,204 days the team of Oxford United F.C. won 3–2 twice .
a man sat on a bench and read the paper
NASA
Łukasz Żółć and Émile Zátopek-Novák ran .
Дмитрий Иванов lives in Санкт-Петербург .
김민수 met 李小龍 in Hong Kong
@someone is in LOL land !!! #fun http://example.org/a?b=c
'' '' ''
" Well , " said “ Bob ” , ‘ no ’ .
He did n't know the O'Briens ' house .
Nebuchadnezzarsonofnabopolassar ruled Babylon .
supercalifragilisticexpialidociously-supercalifragilisticexpialidociously
x
...
The United Nations Security Council met in New York City on Monday to discuss Western Sahara .
Jane , John and Joan Smith of Springfield , Ohio , sued Acme Rockets Ltd .
McDONALD'S opened in MOSCOW
iPhone sales at Apple Inc. grew by 12.5 % in Q3 2019 .
Lake Victoria , Mount Kenya and the River Nile
President Maria Gonzalez ( born 14 May 1961 ) is a politician from Bogotá .
Real Sociedad 2 – 1 Athletic Bilbao
The album was recorded at Abbey Road Studios by Lena Marlow and The Night Herons .
Anna 's friend Peter works for the Ministry of Silly Walks in London .
ﬁne ǅungla İstanbul ıssız ſtraße ẞ
""".strip().split("\n")
