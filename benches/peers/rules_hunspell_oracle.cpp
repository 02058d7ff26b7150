#include <hunspell/hunspell.hxx>
#include <cstdio>
#include <string>
#include <vector>
#include <iostream>
#include <time.h>
static double cpu(){timespec t;clock_gettime(CLOCK_PROCESS_CPUTIME_ID,&t);return t.tv_sec+t.tv_nsec*1e-9;}
// oracle check|suggest|time aff dic < words
int main(int c,char**v){std::string mode=v[1];Hunspell h(v[2],v[3]);std::ios::sync_with_stdio(false);
 std::vector<std::string> w;std::string l;while(std::getline(std::cin,l))w.push_back(l);
 if(mode=="time"){for(int t=0;t<3;t++){double a=cpu();size_t ok=0;for(auto&x:w)ok+=h.spell(x);double b=cpu();fprintf(stdout,"%zu words, %zu ok, %.3f s, %.0f words/s\n",w.size(),ok,b-a,w.size()/(b-a));}}
 else if(mode=="check"){for(auto&x:w)putchar(h.spell(x)?'1':'0'),putchar('\n');}
 else {for(auto&x:w){auto s=h.suggest(x);for(size_t i=0;i<s.size();i++){if(i)putchar('\t');fputs(s[i].c_str(),stdout);}putchar('\n');}}
}
